import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { article } from '@doran/article/contract'
import { auth } from '@doran/auth/contract'
import { inventory } from '@doran/inventory/contract'
import { findAuditEntries } from '@doran/kernel/platform'
import { order } from '@doran/order/contract'
import { product } from '@doran/product/contract'
import { user } from '@doran/user/contract'
import { type Marketplace, openMarketplace } from './marketplace.ts'

const ADMIN = { email: 'root@example.com', password: 'a phrase of the administrator' }

let market: Marketplace
let admin: { token: string; id: string }
before(async () => {
  market = await openMarketplace()
  await market.platform.client(auth).ensureAccount({ ...ADMIN, name: 'Root', roles: ['admin'] })
  const { accessToken, userId } = await market.platform.api(auth).signIn(ADMIN)
  admin = { token: accessToken, id: userId }
})
after(() => market.close())

const entriesOf = async (service: string, target: string) => {
  const filter = { actor: admin.id, operation: `${service}.`, target, limit: 20 }
  const entries = await findAuditEntries(market.platform.database(service), filter)
  return entries.map(({ operation, before, after, outcome }) => ({ operation, before, after, outcome }))
}

it('what an administrator does to others is logged together with the earlier state', async () => {
  const { platform } = market
  const as = { catalogue: platform.api(product, admin), users: platform.api(user, admin) }
  const sellerId = await market.stock({ 'A-KIMCHI': { price: 9_000, onHand: 9 } })
  const buyer = await market.signUp()
  const orderId = await market.buy(buyer, { 'A-KIMCHI': 1 })
  await platform.api(order, buyer).confirmPayment({ orderId })
  const [goods] = (await platform.api(product).listProducts({ seller: sellerId })).items
  const productId = goods?.id as string
  const { article: written } = await platform
    .api(article, buyer)
    .createArticle({ title: 'Radish', description: 'Short', body: 'Cut it.' })

  await as.catalogue.changeProductState({ productId, state: 'stopped' })
  await platform.api(inventory, admin).setStock({ sku: 'A-KIMCHI', onHand: 5, note: 'counted' })
  await platform.api(article, admin).moderateArticle({ slug: written.slug, hiddenBecause: 'Spam' })
  await platform.api(order, admin).getOrder({ orderId })
  await platform.api(order, admin).cancelOrder({ orderId, reason: 'a complaint' })
  await as.users.updateUser({ userId: buyer.tokens.userId, name: '박도란' })
  await as.users.changeStatus({ userId: buyer.tokens.userId, status: 'suspended' })

  const outcome = 'done'
  assert.deepEqual(await entriesOf('product', productId), [
    {
      operation: 'product.changeProductState',
      before: { state: 'on-sale' },
      after: { state: 'stopped' },
      outcome,
    },
  ])
  assert.deepEqual(await entriesOf('inventory', 'A-KIMCHI'), [
    { operation: 'inventory.setStock', before: { onHand: 8 }, after: { onHand: 5 }, outcome },
  ])
  assert.deepEqual(await entriesOf('article', written.slug), [
    {
      operation: 'article.moderateArticle',
      before: { hiddenBecause: null },
      after: { hiddenBecause: 'Spam' },
      outcome,
    },
  ])
  assert.deepEqual(await entriesOf('order', orderId), [
    {
      operation: 'order.cancelOrder',
      before: { status: 'paid' },
      after: { cancelled: 'all that can be' },
      outcome,
    },
    { operation: 'order.getOrder', before: null, after: null, outcome },
  ])
  const [{ address, session, roles } = {}] = await findAuditEntries(platform.database('user'), {
    target: buyer.tokens.userId,
    limit: 1,
  })
  assert.match(String(address), /127\.0\.0\.1/)
  assert.ok(session)
  assert.deepEqual(roles, ['admin'])
  assert.deepEqual(await entriesOf('user', buyer.tokens.userId), [
    { operation: 'user.changeStatus', before: { status: 'active' }, after: { status: 'suspended' }, outcome },
    { operation: 'user.updateUser', before: null, after: { given: ['name'] }, outcome },
  ])
})

it('a password never reaches the audit log', async () => {
  const { platform } = market
  const newPassword = 'another phrase entirely'

  await platform
    .api(auth, admin)
    .changePassword({ currentPassword: ADMIN.password, newPassword })
    .finally(() => platform.api(auth).signIn({ ...ADMIN, password: newPassword }))

  const entries = await findAuditEntries(platform.database('auth'), { actor: admin.id, limit: 20 })
  assert.equal(entries[0]?.operation, 'auth.changePassword')
  assert.doesNotMatch(JSON.stringify(entries), /phrase/)
})
