/** A marketplace in processes with goods on sale, and requests of its visitors. */
import { article } from '@doran/article/contract'
import { newId } from '@doran/kernel'
import type { Contract } from '@doran/kernel/contract'
import { order } from '@doran/order/contract'
import { payByCard } from '@doran/payment-sandbox'
import { product } from '@doran/product/contract'
import type { Child } from '../../apps/server/children.ts'
import { services } from '../../apps/server/services.ts'
import { address, CARDS, type Marketplace, openMarketplace, RETURN_URL } from '../journeys/marketplace.ts'
import type { Processes } from '../journeys/processes.ts'
import type { Request, Send } from './load.ts'

export const SKU = 'FLEET-1'
export const ON_HAND = 1_000_000
/** Quantity of the order in {@link openShop}, whose payment has started and never ends. */
export const HELD = 1

export interface Shop {
  market: Marketplace & { platform: Processes }
  /** A request to each service. */
  requests: Record<string, Omit<Request, 'what'>>
}

export async function openShop(instances: Record<string, number>): Promise<Shop> {
  const market = (await openMarketplace({}, { separate: true, instances })) as Shop['market']
  await market.stock({ [SKU]: { price: 1_000, onHand: ON_HAND } })
  const buyer = await market.signUp()
  const orders = market.platform.api(order, buyer)
  const { id: cartId } = await orders.createCart()
  const { total } = await orders.addLine({ cartId, sku: SKU, quantity: HELD })
  const { id: orderId } = await orders.placeOrder({ cartId, expectedTotal: total, address, note: '' })
  const { paymentId } = await orders.startPayment({ orderId, returnUrl: RETURN_URL })
  const { items } = await market.platform.api(product).listProducts({ q: SKU })
  const written = await market.platform
    .api(article, buyer)
    .createArticle({ title: 'Under load', description: 'A text', body: 'Text' })
  const { slug, author } = written.article
  const requests: Shop['requests'] = {
    product: { path: `/api/products/${items[0]?.id}` },
    inventory: { path: `/api/inventory/${SKU}` },
    user: { path: '/api/users/me', token: buyer.token },
    auth: { path: '/api/auth/sessions', token: buyer.token },
    order: { method: 'POST', path: '/api/carts', token: buyer.token },
    payment: { path: `/api/payments/${paymentId}`, token: buyer.token },
    profile: { path: `/api/profiles/${author.username}` },
    article: { path: `/api/articles/${slug}` },
    comment: { path: `/api/articles/${slug}/comments` },
  }
  for (const { contract } of services) if (contract.name !== 'gateway') requests[contract.name] ??= readOf(contract)
  return { market, requests }
}

/** A read that anybody may ask of the service without knowing anything of what is there. */
function readOf({ name, operations }: Contract): Shop['requests'][string] {
  const reads = Object.values(operations).filter(
    ({ method, access, route }) => method === 'GET' && access === 'anyone' && !route.includes(':'),
  )
  const [read] = reads
  if (!read) throw new Error(`say here what ${name} can be asked under load`)
  return { path: `/api${read.route}` }
}

export function childOf({ platform }: Shop['market'], name: string): Child {
  return platform.children.get(name) as Child
}

/**
 * Makes one complete purchase. Every write has an idempotency key, and the order is placed twice with the same key.
 * Returns the order that was acknowledged as paid.
 */
export async function purchase(send: Send, token: string): Promise<string> {
  const write = (what: string, path: string, body?: object, key = newId()) =>
    send({ what, method: 'POST', path: `/api${path}`, token, key, ...(body && { body }) })
  const { id: cartId } = await write('cart', '/carts')
  const { total } = await write('line', `/carts/${cartId}/lines`, { sku: SKU, quantity: 1 })
  const placing = { cartId, expectedTotal: total, address, note: '' }
  const key = newId()
  const { id } = await write('place', '/orders', placing, key)
  const again = await write('place again', '/orders', placing, key)
  if (again.id !== id) throw new Error(`the same key made the order ${id} and the order ${again.id}`)
  const { paymentUrl } = await write('pay', `/orders/${id}/payment`, { returnUrl: RETURN_URL })
  await payByCard(paymentUrl, CARDS.approved)
  for (;;) {
    const { status } = await write('confirm', `/orders/${id}/payment/confirmation`)
    if (status === 'paid') return id
    if (status !== 'processing') throw new Error(`the order ${id} is ${status}`)
  }
}
