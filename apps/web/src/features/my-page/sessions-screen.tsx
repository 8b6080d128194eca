export function SessionsScreen() {
  return <h1>Sessions</h1>
}
