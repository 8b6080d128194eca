export function PaymentReturnScreen() {
  return <h1>PaymentReturn</h1>
}
