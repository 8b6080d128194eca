import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { auth } from '@doran/auth/contract'
import { inventory } from '@doran/inventory/contract'
import { newId, sql } from '@doran/kernel'
import { type Order, order } from '@doran/order/contract'
import { product } from '@doran/product/contract'
import { user } from '@doran/user/contract'
import { address, CARDS, type Marketplace, openMarketplace } from './marketplace.ts'

describe('a purchase', () => {
  let market: Marketplace
  before(async () => {
    // Hundreds buy at once here, and on a busy machine the last of them waits long. Only the outcome counts.
    market = await openMarketplace({ REQUEST_TIMEOUT_MS: '60000', PAYMENT_PROVIDER_TIMEOUT_MS: '30000' })
  })
  after(() => market.close())

  const confirm = (buyer: { token: string }, orderId: string): Promise<Order> =>
    market.platform.api(order, buyer).confirmPayment({ orderId })
  const available = async (sku: string) => (await market.platform.api(inventory).getAvailability({ sku })).available

  it('goes from registration through search and a guest’s cart to a paid order', async () => {
    await market.stock({ 'J-KIMCHI': { price: 12_900, onHand: 3 } })
    const guest = market.platform.api(order)
    const found = await market.platform.api(product).listProducts({ q: 'J-KIMCHI', category: 'food' })
    const detail = await market.platform.api(product).getProduct({ productId: found.items[0]?.id as string })
    const cart = await guest.createCart()
    await guest.addLine({ cartId: cart.id, sku: detail.variants[0]?.sku as string, quantity: 2 })

    const buyer = await market.signUp('이순신')
    assert.equal((await market.platform.api(user, buyer).getMe()).name, '이순신')
    const own = await market.platform.api(order, buyer).mergeCart({ cartId: cart.id })
    assert.equal(own.total, 25_800)
    const orderId = await market.buy(buyer, {})
    const paid = await confirm(buyer, orderId)

    assert.equal(paid.status, 'paid')
    assert.equal(await available('J-KIMCHI'), 1)
    assert.deepEqual(await market.ledger(orderId), [
      { kind: 'authorise', amount: 25_800 },
      { kind: 'capture', amount: 25_800 },
    ])
  })

  for (const [card, what] of [
    ['lostAuthoriseAnswer', 'the authorisation'],
    ['lostCaptureAnswer', 'the capture'],
  ] as const) {
    it(`is charged once if the provider’s answer to ${what} is lost`, async () => {
      const sku = `J-${card.toUpperCase()}`
      await market.stock({ [sku]: { price: 7_000, onHand: 1 } })
      const buyer = await market.signUp()
      const orderId = await market.buy(buyer, { [sku]: 1 }, CARDS[card])

      assert.equal((await confirm(buyer, orderId)).status, 'paid')
      assert.deepEqual(await market.ledger(orderId), [
        { kind: 'authorise', amount: 7_000 },
        { kind: 'capture', amount: 7_000 },
      ])
    })
  }

  /** Registers a few at a time: Doran refuses sign-ups that wait behind too many others for a password hash. */
  async function signUpAll(count: number) {
    const buyers: Awaited<ReturnType<Marketplace['signUp']>>[] = []
    while (buyers.length < count) {
      const portion = Math.min(20, count - buyers.length)
      buyers.push(...(await Promise.all(Array.from({ length: portion }, () => market.signUp()))))
    }
    return buyers
  }

  it('with insufficient funds is refused, and is paid with another card', async () => {
    await market.stock({ 'J-FUNDS': { price: 7_000, onHand: 1 } })
    const buyer = await market.signUp()
    const orderId = await market.buy(buyer, { 'J-FUNDS': 1 }, CARDS.insufficient)
    const refused = await confirm(buyer, orderId)
    // The stock stays reserved for the next card.
    assert.deepEqual([refused.status, await available('J-FUNDS')], ['awaiting_payment', 0])
    assert.match(refused.failure?.message ?? '', /\S/)

    const api = market.platform.api(order, buyer)
    const { payByCard } = await import('@doran/payment-sandbox')
    const { paymentUrl } = await api.startPayment({ orderId, returnUrl: 'https://shop.example/' })
    await payByCard(paymentUrl, CARDS.threeDSecure)

    assert.equal((await confirm(buyer, orderId)).status, 'paid')
  })

  it('of the last unit succeeds for one of two hundred buyers; the others are told and charged nothing', async () => {
    await market.stock({ 'J-LAST': { price: 9_900, onHand: 1 } })
    const buyers = await signUpAll(200)
    const outcomes = await Promise.all(buyers.map((buyer) => tryToBuy(buyer, { 'J-LAST': 1 })))

    assert.equal(outcomes.filter((outcome) => outcome === 'paid').length, 1)
    assert.deepEqual(
      [...new Set(outcomes)].filter((outcome) => !['paid', 'out_of_stock', 'not_enough_stock'].includes(outcome)),
      [],
    )
    await market.platform.settled()
    const ledger = await market.platform.database('payment').one<{ captured: number; held: number }>(sql`
      select count(*) filter (where status = 'captured') as captured, count(*) filter (where status = 'authorised') as held
      from payment.payments where amount = 9900`)
    assert.deepEqual(ledger, { captured: 1, held: 0 })
    assert.equal(await available('J-LAST'), 0)
  })

  it('of the same goods in different order sells all of the stock, and no buyer waits for ever', async () => {
    await market.stock({ 'J-A': { price: 1_100, onHand: 30 }, 'J-B': { price: 1_300, onHand: 15 } })
    const baskets = [{ 'J-A': 1, 'J-B': 1 }, { 'J-B': 1, 'J-A': 1 }, { 'J-A': 1 }]
    const buyers = await signUpAll(60)
    const bought = await Promise.all(
      buyers.map(async (buyer, index) => {
        const basket = baskets[index % 3] as Record<string, number>
        return { basket, outcome: await tryToBuy(buyer, basket) }
      }),
    )
    await market.platform.settled()

    const known = ['paid', 'out_of_stock', 'not_enough_stock']
    assert.deepEqual(
      [...new Set(bought.map(({ outcome }) => outcome))].filter((outcome) => !known.includes(outcome)),
      [],
    )
    const sold = (sku: string) => bought.filter(({ basket, outcome }) => outcome === 'paid' && basket[sku]).length
    assert.equal(await available('J-A'), 30 - sold('J-A'))
    assert.equal(await available('J-B'), 15 - sold('J-B'))
    // Buyers were refused only because one of the two products had sold out.
    assert.ok(sold('J-A') === 30 || sold('J-B') === 15)
  })

  async function tryToBuy(buyer: { token: string }, lines: Record<string, number>): Promise<string> {
    try {
      const orderId = await market.buy(buyer, lines)
      for (;;) {
        const { status, failure } = await confirm(buyer, orderId)
        if (status !== 'processing') return failure?.code ?? status
      }
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  it('gives back exactly what it took when it is cancelled', async () => {
    await market.stock({ 'J-BACK': { price: 5_000, onHand: 2 } })
    const buyer = await market.signUp()
    const orderId = await market.buy(buyer, { 'J-BACK': 2 })
    await confirm(buyer, orderId)
    await market.platform.api(order, buyer).cancelOrder({ orderId, reason: '' })
    await market.platform.settled()

    assert.equal((await market.platform.api(order, buyer).getOrder({ orderId })).status, 'cancelled')
    assert.deepEqual((await market.ledger(orderId)).at(-1), { kind: 'refund', amount: 10_000 })
    assert.equal(await available('J-BACK'), 2)
  })

  it('by a buyer who is suspended meanwhile stops within a second', async () => {
    const buyer = await market.signUp()
    const api = market.platform.api(order, buyer)
    await api.createCart()
    await market.platform
      .client(auth)
      .ensureAccount({ email: 'admin@example.com', password: 'a long password', name: 'Admin', roles: ['admin'] })
    const { accessToken } = await market.platform
      .api(auth)
      .signIn({ email: 'admin@example.com', password: 'a long password' })
    const began = performance.now()
    await market.platform
      .api(user, { token: accessToken })
      .changeStatus({ userId: buyer.tokens.userId, status: 'suspended' })
    await refused(() => api.createCart())

    assert.ok(performance.now() - began < 1_000)
  })

  it('needs an address', async () => {
    const buyer = await market.signUp()
    const { status, body } = await market.platform.request('POST', '/api/orders', {
      as: buyer,
      body: { cartId: newId(), expectedTotal: 1, address: { ...address, recipient: undefined } },
    })

    assert.deepEqual([status, body.errors], [422, { 'address.recipient': ['is missing'] }])
  })
})

async function refused(call: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const answer = await call().catch((error: { code?: string }) => error)
    if ((answer as { code?: string }).code === 'token_invalid') return
    await new Promise((wake) => setTimeout(wake, 10))
  }
}
