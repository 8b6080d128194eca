export function PasswordScreen() {
  return <h1>Password</h1>
}
