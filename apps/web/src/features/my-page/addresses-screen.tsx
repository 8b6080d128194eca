export function AddressesScreen() {
  return <h1>Addresses</h1>
}
