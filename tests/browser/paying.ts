/** Pays on the sandbox's payment page without a person. */
import type { Member, Shop } from './shop.ts'

export const CARDS = {
  good: '4242424242424242',
  declined: '4000000000000002',
}

/** Pays an order without a browser. */
export async function pay(shop: Shop, { calls }: Member, orderId: string): Promise<void> {
  const { paymentUrl } = await calls.order.startPayment({ orderId, returnUrl: `${shop.url}/orders/${orderId}/payment` })
  const answer = await fetch(paymentUrl, {
    method: 'POST',
    body: new URLSearchParams({ action: 'pay', number: CARDS.good, expiry: '12/40', cvc: '123' }),
    redirect: 'manual',
  })
  if (answer.status >= 400) throw new Error(`The payment page answered ${answer.status}.`)
  await calls.order.confirmPayment({ orderId })
}
