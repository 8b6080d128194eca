import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { runJob } from '@doran/kernel/testing'
import { order } from '@doran/order/contract'
import { product } from '@doran/product/contract'
import { type Marketplace, openMarketplace } from './marketplace.ts'

let market: Marketplace
before(async () => {
  market = await openMarketplace()
})
after(() => market.close())

/** Waits until the orders' events have arrived, and runs the job that counts sold units. */
async function counted() {
  await market.platform.settled()
  await runJob(market.platform, 'product/job:count-sold-units')
}

/** Asks for pages of different lengths, because first pages are cached for a minute. */
async function popular(limit: number): Promise<string[]> {
  const { items } = await market.platform.api(product).listProducts({ sort: 'popular', limit })
  return items.map(({ name }) => name.en)
}

it('a paid order moves its product up in the popular products, and a cancellation moves it down again', async () => {
  await market.stock({ 'P-ONE': { price: 3_000, onHand: 9 } })
  await market.stock({ 'P-TWO': { price: 4_000, onHand: 9 } })
  const buyer = await market.signUp()
  const api = market.platform.api(order, buyer)
  const buy = async (lines: Record<string, number>) =>
    (await api.confirmPayment({ orderId: await market.buy(buyer, lines) })).id

  await buy({ 'P-ONE': 2 })
  const orderId = await buy({ 'P-ONE': 1, 'P-TWO': 5 })
  await counted()
  assert.deepEqual(await popular(10), ['Product P-TWO', 'Product P-ONE'])

  await api.cancelOrder({ orderId, reason: '' })
  await counted()
  assert.deepEqual(await popular(11), ['Product P-ONE', 'Product P-TWO'])
})
