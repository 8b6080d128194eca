import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { auth } from '@doran/auth/contract'
import { sql } from '@doran/kernel'
import { runJob } from '@doran/kernel/testing'
import { order } from '@doran/order/contract'
import { product } from '@doran/product/contract'
import { user } from '@doran/user/contract'
import { address, type Marketplace, openMarketplace } from './marketplace.ts'

const ADMIN = { email: 'root@example.com', password: 'a phrase of the administrator' }

let market: Marketplace
let admin: { token: string }
before(async () => {
  market = await openMarketplace()
  await market.platform.client(auth).ensureAccount({ ...ADMIN, name: 'Root', roles: ['admin'] })
  admin = { token: (await market.platform.api(auth).signIn(ADMIN)).accessToken }
})
after(() => market.close())

/** Creates a member with the role of sellers and a product on sale. Returns the seller's id. */
async function aSeller(sku: string): Promise<string> {
  const { tokens } = await market.signUp()
  await market.platform.api(auth, admin).setRoles({ userId: tokens.userId, roles: ['seller'] })
  await market.stock({ [sku]: { price: 5_000, onHand: 9 } }, tokens.userId)
  return tokens.userId
}

/** Returns the milliseconds until the condition holds. */
async function until(answers: () => Promise<boolean>): Promise<number> {
  const start = performance.now()
  while (!(await answers())) if (performance.now() - start > 10_000) throw new Error('it never came to that')
  return performance.now() - start
}

it('goods of a suspended seller are neither listed nor orderable within a second, and come back', async () => {
  const { platform } = market
  const sellerId = await aSeller('CLOSES-1')
  const buyer = await market.signUp()
  const setStatus = (status: 'active' | 'suspended') =>
    platform.api(user, admin).changeStatus({ userId: sellerId, status })
  const listed = async () => (await platform.api(product).listProducts({ seller: sellerId })).items.length === 1
  const api = platform.api(order, buyer)
  const { id: cartId, total } = await api.addLine({ cartId: (await api.createCart()).id, sku: 'CLOSES-1', quantity: 1 })

  await setStatus('suspended')
  const closing = await until(async () => !(await listed()))

  assert.ok(closing < 1_000, `it took ${closing} ms`)
  await assert.rejects(api.placeOrder({ cartId, expectedTotal: total, address, note: '' }), { code: 'sku_not_on_sale' })
  await setStatus('active')
  await until(listed)
  assert.equal((await api.placeOrder({ cartId, expectedTotal: total, address, note: '' })).total, 5_000)
})

it('the shop of a suspended seller is closed even if the event was lost', async () => {
  const { platform } = market
  const sellerId = await aSeller('CLOSES-3')
  await platform.api(user, admin).changeStatus({ userId: sellerId, status: 'suspended' })
  const listed = async () => (await platform.api(product).listProducts({ seller: sellerId })).items.length === 1
  await until(async () => !(await listed()))
  const database = platform.database('product')
  await database.run(sql`update product.standings set status = 'active' where seller_id = ${sellerId}`)
  await database.run(sql`update product.sellers set is_open = true where id = ${sellerId}`)
  await database.run(sql`update product.listings set state = 'on-sale' where seller_id = ${sellerId}`)

  await runJob(platform, 'product/job:compare-standings')

  assert.equal(await database.first(sql`select 1 from product.sellers where id = ${sellerId} and is_open`), undefined)
})

it('goods of a member who lost the role of sellers cannot be paid for within a second', async () => {
  const { platform } = market
  const userId = await aSeller('CLOSES-2')
  const buyer = await market.signUp()
  const api = platform.api(order, buyer)
  const cart = await api.addLine({ cartId: (await api.createCart()).id, sku: 'CLOSES-2', quantity: 1 })
  const { id } = await api.placeOrder({ cartId: cart.id, expectedTotal: cart.total, address, note: '' })
  const pay = () =>
    platform.request('POST', `/api/orders/${id}/payment`, { as: buyer, body: { returnUrl: 'https://shop.example/' } })

  await platform.api(auth, admin).setRoles({ userId, roles: [] })
  const closing = await until(async () => (await pay()).body.code === 'shop_closed')

  assert.ok(closing < 1_000, `it took ${closing} ms`)
})
