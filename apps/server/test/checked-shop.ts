/** A sound shop in which everything has happened that the checker judges. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { article } from '@doran/article/contract'
import { comment } from '@doran/comment/contract'
import { newId, sql } from '@doran/kernel'
import { freePort, runJob, startPlatform, type TestPlatform, type TestUser } from '@doran/kernel/testing'
import { type Order, order } from '@doran/order/contract'
import { payByCard, startSandbox } from '@doran/payment-sandbox'
import { profile } from '@doran/profile/contract'
import { user } from '@doran/user/contract'
import pg from 'pg'
import { putOnSale } from '../../../services/order/test/goods.ts'
import { type Sources, sourcesOf } from '../check/index.ts'
import { services } from '../services.ts'

const SECRET = 'a secret of this test'
const APPROVED = '4242424242424242'
const DECLINED = '4000000000000002'

export interface CheckedShop {
  readonly platform: TestPlatform
  readonly sources: Sources
  readonly buyer: TestUser
  /** An order from two sellers, one of whom has cancelled. */
  readonly paid: Order
  readonly declined: string
  readonly articleId: string
  /** Orders the lines and approves on the payment page, so that a confirmation completes the order. */
  order(lines: Record<string, number>, card?: string): Promise<string>
  confirm(orderId: string): Promise<Order>
  /** Changes what a service has stored, past all of its rules. */
  corrupt(service: string, text: string): Promise<void>
  /** Changes the provider's ledger. */
  forge(text: string): void
  /** Delays the provider's responses; 0 ends the delay. */
  delayProvider(milliseconds: number): Promise<void>
  close(): Promise<void>
}

/** Opens the shop. `databases` gives services databases of their own. */
export async function openCheckedShop(databases: Record<string, string> = {}): Promise<CheckedShop> {
  const folder = await mkdtemp(join(tmpdir(), 'doran-check-'))
  const sandbox = await startSandbox({ port: 0, host: '127.0.0.1', folder, secret: SECRET })
  const port = await freePort()
  const settings = {
    PORT: String(port),
    SHOP_ORIGINS: 'https://shop.example',
    PAYMENT_SANDBOX_URL: sandbox.url,
    PAYMENT_SANDBOX_SECRET: SECRET,
    PAYMENT_WEBHOOK_URL: `http://127.0.0.1:${port}/payments/webhooks/sandbox`,
    ...databases,
  }
  const platform = await startPlatform({ services, environment: settings })
  await platform.listen()
  const sources = sourcesOf(settings, platform.url)
  const member = async () => {
    const someone = await platform.user()
    const username = `member ${someone.id}`
    await platform.client(user).createUser({
      userId: someone.id,
      email: `${someone.id}@example.com`,
      name: '김도란',
      username,
    })
    return { ...someone, username }
  }
  const buyer = await member()
  const orders = platform.api(order, buyer)
  const shop = {
    platform,
    sources,
    buyer,
    async order(lines: Record<string, number>, card = APPROVED) {
      let cart = await orders.createCart()
      for (const [sku, quantity] of Object.entries(lines)) {
        cart = await orders.addLine({ cartId: cart.id, sku, quantity })
      }
      const { id } = await orders.placeOrder({ cartId: cart.id, expectedTotal: cart.total, address, note: '' })
      const { paymentUrl } = await orders.startPayment({ orderId: id, returnUrl: 'https://shop.example/return' })
      await payByCard(paymentUrl, card)
      return id
    },
    confirm: (orderId: string) => orders.confirmPayment({ orderId }),
    async corrupt(service: string, text: string) {
      const client = new pg.Client({ connectionString: sources.databases[service] as string })
      await client.connect()
      await client.query(text).finally(() => client.end())
    },
    forge(text: string) {
      const books = new DatabaseSync(join(folder, 'sandbox-payment.db'))
      books.exec(text)
      books.close()
    },
    async delayProvider(latencyMs: number) {
      await fetch(`${sandbox.url}/v1/faults`, {
        method: 'POST',
        headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
        body: JSON.stringify({ api: { latencyMs } }),
      })
    },
    async close() {
      await platform.close()
      await sandbox.close()
      await rm(folder, { recursive: true })
    },
  }

  const [first, second] = [newId(), newId()]
  await putOnSale(platform, [
    { sku: 'C-KIMCHI', price: 12_900, onHand: 50, sellerId: first },
    { sku: 'C-RADISH', price: 3_500, onHand: 50, sellerId: first },
    { sku: 'C-TEA', price: 7_000, onHand: 50, sellerId: second },
  ])
  const bought = await shop.order({ 'C-KIMCHI': 2, 'C-RADISH': 1, 'C-TEA': 3 }).then(shop.confirm)
  const part = bought.sellers.find(({ sellerId }) => sellerId === second)?.id as string
  await orders.cancelOrder({ orderId: bought.id, sellerOrderIds: [part], reason: 'changed my mind' })
  const declined = await shop.order({ 'C-TEA': 1 }, DECLINED)
  await shop.confirm(declined)
  const late = await shop.order({ 'C-KIMCHI': 1 }, DECLINED)
  await platform.settled()
  await shop.corrupt('order', `update "order".orders set expires_at = now() - interval '1 minute' where id = '${late}'`)
  await runJob(platform, 'order/job:expire-unpaid-orders')

  const author = await member()
  const { article: published } = await platform
    .api(article, author)
    .createArticle({ title: 'Kimchi', description: 'Less salt', body: 'Wash it.', tagList: ['kimchi', 'salt'] })
  const { slug } = published
  await platform.api(article, buyer).favoriteArticle({ slug })
  await platform.api(comment, buyer).addComment({ slug, body: 'Works with radish, too.' })
  await platform.api(article, await platform.user(['admin'])).moderateArticle({ slug, hiddenBecause: null })
  await platform.api(profile, buyer).followProfile({ username: author.username })
  await platform.settled()
  await runJob(platform, 'product/job:count-sold-units')
  const [{ id: articleId }] = (await platform
    .database('article')
    .all<{ id: string }>(sql`select id from article.articles`)) as [{ id: string }]
  return { ...shop, paid: await orders.getOrder({ orderId: bought.id }), declined, articleId }
}

const address = {
  recipient: '김도란',
  phone: '010-1234-5678',
  postalCode: '03045',
  line1: '서울특별시 종로구 사직로 161',
  country: 'KR',
}
