/** Buyers who order and pay as fast as they can. */
import { auth } from '@doran/auth/contract'
import { newId } from '@doran/kernel'
import { httpClient } from '@doran/kernel/client'
import { order } from '@doran/order/contract'
import { payByCard } from '@doran/payment-sandbox'
import { type Load, loadOf } from './rounds.ts'
import type { Stocked } from './shop.ts'

const BUYERS = 16
/** Hashing passwords is slow. */
const CONCURRENT_SIGN_UPS = 4

export const ADDRESS = {
  recipient: '김도란',
  phone: '010-1234-5678',
  postalCode: '03045',
  line1: '사직로 161',
  country: 'KR',
}

export interface Buyer {
  token: string
}

export async function signUp(baseUrl: string, count = BUYERS): Promise<Buyer[]> {
  const api = httpClient(auth, { baseUrl })
  const buyers: Buyer[] = []
  while (buyers.length < count) {
    const together = Array.from({ length: Math.min(CONCURRENT_SIGN_UPS, count - buyers.length) }, async () => {
      const account = await api.register({ email: `${newId()}@example.com`, password: 'correct horse', name: '김도란' })
      return { token: account.accessToken }
    })
    buyers.push(...(await Promise.all(together)))
  }
  return buyers
}

/** Returns the baskets of SKUs that are bought together: goods of one seller, or of three. */
export function basketsOf(stock: readonly Stocked[], sellers: 1 | 3): string[][] {
  if (sellers === 1) return stock.slice(0, 200).map(({ sku }) => [sku])
  const bySeller = [...Map.groupBy(stock, ({ sellerId }) => sellerId).values()]
  return Array.from({ length: 100 }, (_, index) =>
    [0, 1, 2].map((offset) => {
      const goods = bySeller[(index + offset) % bySeller.length] as Stocked[]
      return goods[index % goods.length]?.sku as string
    }),
  )
}

/** Pays orders for some seconds or up to a number of them. Each order takes the next basket. */
export async function checkouts(
  baseUrl: string,
  buyers: readonly Buyer[],
  baskets: readonly string[][],
  { seconds = Number.POSITIVE_INFINITY, orders = Number.POSITIVE_INFINITY },
): Promise<Load> {
  const end = performance.now() + seconds * 1_000
  const times: number[] = []
  let turn = 0
  let errors = 0
  const buy = async (buyer: Buyer) => {
    while (performance.now() < end && turn < orders) {
      const begun = performance.now()
      try {
        await buyOnce(baseUrl, buyer, baskets[turn++ % baskets.length] as string[])
        times.push(performance.now() - begun)
      } catch (error) {
        if (errors++ === 0) console.error(error)
      }
    }
  }
  const begun = performance.now()
  await Promise.all(buyers.map(buy))
  return loadOf(times, performance.now() - begun, errors)
}

/** Creates a cart, orders, pays on the payment page by card and confirms, as the web application does. */
async function buyOnce(baseUrl: string, { token }: Buyer, skus: readonly string[]): Promise<void> {
  const api = httpClient(order, { baseUrl, token: () => token })
  let cart = await api.createCart()
  for (const sku of skus) cart = await api.addLine({ cartId: cart.id, sku, quantity: 1 })
  const body = { cartId: cart.id, expectedTotal: cart.total, address: ADDRESS, note: '' }
  const placed = await api.placeOrder(body, { key: newId() })
  const { paymentUrl } = await api.startPayment({ orderId: placed.id, returnUrl: `${baseUrl}/docs` })
  await payByCard(paymentUrl, '4242424242424242')
  let status = 'processing'
  // The response comes after a few seconds, even if the outcome takes longer.
  while (status === 'processing') status = (await api.confirmPayment({ orderId: placed.id })).status
  if (status !== 'paid') throw new Error(`an order is ${status} where it should be paid`)
}
