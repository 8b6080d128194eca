export function OrderCompleteScreen() {
  return <h1>OrderComplete</h1>
}
