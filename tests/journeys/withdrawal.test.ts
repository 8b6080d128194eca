import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { article } from '@doran/article/contract'
import { auth } from '@doran/auth/contract'
import { comment } from '@doran/comment/contract'
import { sql } from '@doran/kernel'
import { runJob } from '@doran/kernel/testing'
import { order } from '@doran/order/contract'
import { profile } from '@doran/profile/contract'
import { user, userWithdrawn } from '@doran/user/contract'
import { services } from '../../apps/server/services.ts'
import { putOnSale } from '../../services/order/test/goods.ts'
import { address, CARDS, type Marketplace, openMarketplace } from './marketplace.ts'

const PASSWORD = 'correct horse'

describe('the personal data of a member', () => {
  let market: Marketplace
  before(async () => {
    market = await openMarketplace()
  })
  after(() => market.close())

  const withdraw = ({ token, tokens }: Awaited<ReturnType<Marketplace['signUp']>>) =>
    market.platform.request('PATCH', `/api/users/${tokens.userId}/status`, {
      as: { token },
      body: { status: 'withdrawn' },
    })

  /** Registers a member who leaves data in every service. */
  async function busyMember(name: string) {
    const someone = await market.signUp(name)
    const { userId } = someone.tokens
    const { platform } = market
    const username = `${name} of the community`
    await platform.api(user, someone).updateUser({ userId, phone: '010-9876-5432', username, bio: `bio of ${name}` })
    await platform.api(user, someone).addAddress({ ...address, recipient: `recipient ${name}`, isDefault: true })
    const written = await platform
      .api(article, someone)
      .createArticle({ title: `Article of ${name}`, description: 'd', body: 'b' })
    await platform.api(article, someone).favoriteArticle({ slug: written.article.slug })
    await platform.api(comment, someone).addComment({ slug: written.article.slug, body: `comment of ${name}` })
    const other = await market.signUp()
    await platform.api(user, other).updateUser({ userId: other.tokens.userId, username: `followed by ${name}` })
    await platform.api(profile, someone).followProfile({ username: `followed by ${name}` })
    const sku = `W-${name.toUpperCase()}`
    await market.stock({ [sku]: { price: 5_000, onHand: 9 } })
    const orderId = await market.buy(someone, { [sku]: 1 })
    await platform.api(order, someone).confirmPayment({ orderId })
    const declined = await market.buy(someone, { [sku]: 1 }, CARDS.declined)
    // An order whose payment is in progress cannot be cancelled.
    await platform.api(order, someone).confirmPayment({ orderId: declined })
    await platform.settled()
    await platform.api(order, someone).cancelOrder({ orderId: declined, reason: 'changed my mind' })
    await platform.settled()
    const me = await platform.api(user, someone).getMe()
    return { ...someone, email: me.email, username, orderId, declined, slug: written.article.slug }
  }

  it('is exported completely, by service', async () => {
    const someone = await busyMember('export')

    const exported = (await market.platform.api(user, someone).exportMe()) as Record<string, unknown>

    assert.deepEqual(Object.keys(exported).sort(), ['article', 'auth', 'comment', 'order', 'profile', 'user'])
    const text = JSON.stringify(exported)
    for (const part of [
      someone.email,
      '010-9876-5432',
      'bio of export',
      'recipient export',
      'Article of export',
      'comment of export',
      'W-EXPORT',
      'registered',
    ]) {
      assert.ok(text.includes(part), `${part} is not exported`)
    }
    assert.ok(!/argon2|passwordHash|refreshToken/.test(text))
  })

  it('is not exported to guests', async () => {
    assert.equal((await market.platform.request('GET', '/api/users/me/export')).status, 401)
  })

  it('is erased by a withdrawal, except for what the law requires to keep', async () => {
    const someone = await busyMember('leaver')

    assert.equal((await withdraw(someone)).status, 200)
    await market.platform.settled()

    const left = await everythingOf(someone.tokens.userId)
    for (const part of [someone.email, 'leaver', '010-9876-5432']) {
      assert.ok(!left.join('\n').includes(part), `${part} is still there:\n${left.join('\n')}`)
    }
    const { address: kept } = await market.platform.database('order').one<{ address: { recipient: string } }>(sql`
      select address from "order".orders where id = ${someone.orderId}`)
    assert.equal(kept.recipient, address.recipient)
    const { address: gone } = await market.platform.database('order').one<{ address: { recipient: string } }>(sql`
      select address from "order".orders where id = ${someone.declined}`)
    assert.equal(gone.recipient, '-')
  })

  it('frees the e-mail address for a new person', async () => {
    const someone = await busyMember('again')
    await withdraw(someone)
    await market.platform.settled()

    const tokens = await market.platform
      .api(auth)
      .register({ email: someone.email, password: PASSWORD, name: 'Another' })

    assert.notEqual(tokens.userId, someone.tokens.userId)
    const { items } = await market.platform.api(order, { token: tokens.accessToken }).listOrders()
    assert.deepEqual(items, [])
  })

  it('stays while the member owes a buyer a part of an order', async () => {
    const seller = await market.signUp()
    await putOnSale(market.platform, [{ sku: 'W-OWED', price: 3_000, onHand: 5, sellerId: seller.tokens.userId }])
    const buyer = await market.signUp()
    const orderId = await market.buy(buyer, { 'W-OWED': 1 })
    const { sellers } = await market.platform.api(order, buyer).confirmPayment({ orderId })

    const { status, body } = await withdraw(seller)

    assert.deepEqual([status, body.code], [409, 'user_has_open_business'])
    assert.deepEqual(body.open, [{ what: 'seller_order', id: sellers[0]?.id }])
    assert.equal((await market.platform.api(user, seller).getMe()).status, 'active')
  })

  it('is erased from what the law requires to keep when the legal term ends', async () => {
    const someone = await busyMember('old')
    const db = market.platform.database('order')
    await db.run(sql`
      update "order".orders set placed_at = placed_at - interval '5 years 1 day' where id = ${someone.orderId}`)

    await runJob(market.platform, 'order/job:forget-old-addresses')

    const seen = await market.platform.api(order, someone).getOrder({ orderId: someone.orderId })
    assert.equal(seen.address.recipient, '-')
  })

  it('is shown to a seller only while there is something to send', async () => {
    const account = { email: 'seller@example.com', password: 'a long password', name: 'Seller' }
    const { userId } = await market.platform.client(auth).ensureAccount({ ...account, roles: ['seller'] })
    const { accessToken: token } = await market.platform.api(auth).signIn(account)
    await putOnSale(market.platform, [{ sku: 'W-BACK', price: 3_000, onHand: 5, sellerId: userId }])
    const buyer = await market.signUp()
    const orderId = await market.buy(buyer, { 'W-BACK': 1 })
    await market.platform.api(order, buyer).confirmPayment({ orderId })
    const seen = async () => (await market.platform.api(order, { token }).listSellerOrders()).items[0]

    const before = await seen()
    await market.platform.api(order, buyer).cancelOrder({ orderId, reason: 'changed my mind' })
    await market.platform.settled()

    assert.deepEqual([before?.address.recipient, (await seen())?.address.recipient], [address.recipient, '-'])
    assert.equal((await market.platform.api(order, buyer).getOrder({ orderId })).address.recipient, address.recipient)
  })

  it('is known to each service that listens to withdrawals, and to no other', () => {
    for (const { contract, subscriptions } of services) {
      if (contract.name === 'user') continue
      const listens = subscriptions.some(({ event }) => event.name === userWithdrawn.name)
      assert.equal('exportPersonalData' in contract.operations, listens, contract.name)
      assert.equal('listOpenBusiness' in contract.operations, listens, contract.name)
    }
  })

  /** Returns every row about the user that others were not meant to read, as text. */
  async function everythingOf(userId: string): Promise<string[]> {
    const queries = {
      user: sql`
        select p::text as text from "user".profiles p where id = ${userId}
        union all select a::text from "user".addresses a where user_id = ${userId}
        union all select e::text from doran.events e where data ->> 'userId' = ${userId}
        union all select t::text from doran.tasks t where payload::text like ${`%${userId}%`}`,
      auth: sql`
        select a::text as text from auth.accounts a where user_id = ${userId}
        union all select s::text from auth.sessions s where user_id = ${userId}
        union all select d::text from auth.devices d where user_id = ${userId}`,
      order: sql`select c::text as text from "order".carts c where buyer_id = ${userId} and state = 'open'`,
      profile: sql`select f::text as text from profile.follows f where follower_id = ${userId}`,
      article: sql`select f::text as text from article.favorites f where user_id = ${userId}`,
    }
    const found = await Promise.all(
      Object.entries(queries).map(([service, query]) => market.platform.database(service).all<{ text: string }>(query)),
    )
    const [, sessions] = found
    assert.deepEqual([sessions?.length, ...found.slice(2).map((rows) => rows.length)], [1, 0, 0, 0])
    return found.flat().map(({ text }) => text)
  }
})
