/** An import of thousands of products, and the work that it leaves behind, delays nobody who waits for a response. */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { auth } from '@doran/auth/contract'
import { newId, sql } from '@doran/kernel'
import { order } from '@doran/order/contract'
import { product } from '@doran/product/contract'
import { user } from '@doran/user/contract'
import { type Marketplace, openMarketplace } from './marketplace.ts'

const PRODUCTS = 4_000

describe('while thousands of products are imported', { timeout: 300_000 }, () => {
  let market: Marketplace
  let seller: { id: string; token: string }
  let admin: { id: string; token: string }
  before(async () => {
    market = await openMarketplace({ REQUEST_TIMEOUT_MS: '60000' })
    seller = await signUpAs('seller')
    admin = await signUpAs('admin')
    await market.stock({ 'I-GOODS': { price: 9_000, onHand: 1_000 } })
    await market.platform
      .client(product)
      .upsertSeller({ id: seller.id, slug: 'importer', name: { ko: '가게', en: 'Shop' } })
  })
  after(() => market.close())

  async function signUpAs(role: 'seller' | 'admin'): Promise<{ id: string; token: string }> {
    const account = { email: `${newId()}@example.com`, password: 'a long password', name: 'Kim' }
    const { userId: id } = await market.platform.client(auth).ensureAccount({ ...account, roles: [role] })
    const { accessToken } = await market.platform.api(auth).signIn(account)
    return { id, token: accessToken }
  }

  async function importProducts(): Promise<void> {
    const rows = Array.from({ length: PRODUCTS }, (_, n) => `imported-${n},food,쌀,Rice,IMPORTED-${n},1000`)
    const { status, body } = await market.platform.request('POST', '/api/products/import', {
      as: seller,
      body: ['product_key,category,name_ko,name_en,sku,price', ...rows].join('\n'),
      headers: { 'content-type': 'text/csv; charset=utf-8' },
    })
    assert.deepEqual([status, body.created], [200, PRODUCTS], JSON.stringify(body).slice(0, 500))
  }

  async function purchase(): Promise<string> {
    const buyer = await market.signUp()
    const orderId = await market.buy(buyer, { 'I-GOODS': 1 })
    return (await market.platform.api(order, buyer).confirmPayment({ orderId })).status
  }

  async function suspend(userId: string): Promise<void> {
    await market.platform.api(user, admin).changeStatus({ userId, status: 'suspended' })
  }

  /** Waits until one of the member's requests is refused, because their sessions have ended. */
  async function refused(token: string): Promise<void> {
    for (;;) {
      const answer = await market.platform
        .api(order, { token })
        .createCart()
        .catch((error: { code?: string }) => error)
      if ((answer as { code?: string }).code === 'token_invalid') return
    }
  }

  it('a purchase is paid, and a suspended buyer is signed out within a second', async () => {
    let over = false
    const buyer = await market.signUp()
    const importing = importProducts().finally(() => {
      over = true
    })

    const bought = await purchase()
    const begun = performance.now()
    await suspend(buyer.tokens.userId)
    await refused(buyer.token)
    const took = performance.now() - begun

    assert.equal(over, false)
    assert.equal(bought, 'paid')
    assert.ok(took < 1_000, `${took} ms`)
    await importing
    await market.platform.settled()
    const known = sql`select count(*) from inventory.stock where sku like 'IMPORTED-%'`
    assert.deepEqual(await market.platform.database('inventory').one(known), { count: PRODUCTS })
  })
})
