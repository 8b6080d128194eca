export function OrderListScreen() {
  return <h1>OrderList</h1>
}
