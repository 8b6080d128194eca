/** Buyers who order and pay as fast as they can. */
import { auth } from '@doran/auth/contract'
import { newId } from '@doran/kernel'
import { httpClient } from '@doran/kernel/client'
import { order } from '@doran/order/contract'
import { payByCard } from '@doran/payment/sandbox'

const BUYERS = 16

const address = { recipient: '김도란', phone: '010-1234-5678', postalCode: '03045', line1: '사직로 161', country: 'KR' }

export interface Buyer {
  token: string
}

export function signUp(baseUrl: string): Promise<Buyer[]> {
  const api = httpClient(auth, { baseUrl })
  return Promise.all(
    Array.from({ length: BUYERS }, async () => {
      const account = await api.register({ email: `${newId()}@example.com`, password: 'correct horse', name: '김도란' })
      return { token: account.accessToken }
    }),
  )
}

/** Orders paid a second over some seconds; each order takes the next of the baskets. */
export async function checkouts(
  baseUrl: string,
  buyers: Buyer[],
  baskets: string[][],
  seconds: number,
): Promise<number> {
  const end = performance.now() + seconds * 1_000
  let paid = 0
  let turn = 0
  const buy = async ({ token }: Buyer) => {
    const api = httpClient(order, { baseUrl, token: () => token })
    while (performance.now() < end) {
      let cart = await api.createCart()
      for (const sku of baskets[turn++ % baskets.length] as string[]) {
        cart = await api.addLine({ cartId: cart.id, sku, quantity: 1 })
      }
      const placed = await api.placeOrder(
        { cartId: cart.id, expectedTotal: cart.total, address, note: '' },
        { key: newId() },
      )
      const { paymentUrl } = await api.startPayment({ orderId: placed.id, returnUrl: `${baseUrl}/docs` })
      await payByCard(paymentUrl, '4242424242424242')
      const { status } = await api.confirmPayment({ orderId: placed.id })
      if (status !== 'paid') throw new Error(`an order is ${status} where it should be paid`)
      paid++
    }
  }
  const begun = performance.now()
  await Promise.all(buyers.map(buy))
  return (paid * 1_000) / (performance.now() - begun)
}
