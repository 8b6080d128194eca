export function SellerScreen() {
  return <h1>Seller</h1>
}
