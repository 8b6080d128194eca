export function CommunityScreen() {
  return <h1>Community</h1>
}
