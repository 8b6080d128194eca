export function PreferencesScreen() {
  return <h1>Preferences</h1>
}
