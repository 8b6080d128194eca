/**
 * Doran with each service in its own process and payments in their own database, observed by Prometheus and a trace
 * collector.
 */
import { article } from '@doran/article/contract'
import { sql } from '@doran/kernel'
import { createTestDatabase } from '@doran/kernel/testing'
import { order } from '@doran/order/contract'
import payment from '@doran/payment'
import { product } from '@doran/product/contract'
import { type Collector, openCollector } from '../../platform/fleet/test/collector.ts'
import { address, type Marketplace, openMarketplace, RETURN_URL } from '../journeys/marketplace.ts'
import type { Processes } from '../journeys/processes.ts'
import { type Prometheus, startPrometheus } from './prometheus.ts'

export const SKU = 'SEEN-1'

export interface LogLine {
  readonly instance: string
  readonly msg: string
  readonly service?: string
  readonly operation?: string
  readonly handler?: string
  readonly request?: string
  readonly trace?: string
}

export interface SplitSystem {
  readonly market: Marketplace & { platform: Processes }
  readonly collector: Collector
  readonly prometheus: Prometheus
  readonly log: readonly LogLine[]
  /** URLs of all processes, by the service that runs there. */
  readonly urls: ReadonlyMap<string, string>
  readonly buyer: { token: string }
  /** A request to each service that succeeds, as method, path and body. */
  readonly requests: ReadonlyMap<string, readonly [method: string, path: string, body?: unknown]>
  close(): Promise<void>
}

export async function openSplitSystem(): Promise<SplitSystem> {
  const collector = await openCollector()
  const payments = await createTestDatabase([payment])
  const log: LogLine[] = []
  const market = (await openMarketplace(
    { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, PAYMENT_DATABASE_URL: payments.url, LOG_LEVEL: 'debug' },
    { separate: true, instances: {}, onLine: (line) => line.startsWith('{') && log.push(JSON.parse(line)) },
  )) as SplitSystem['market']
  const instances = await market.platform
    .database('order')
    .all<{ url: string; service: string }>(sql`select url, services[1] as service from doran.instances`)
  const urls = new Map(instances.map(({ url, service }) => [service, url]))
  const prometheus = await startPrometheus([...urls].map(([job, url]) => ({ job, address: new URL(url).host })))
  await market.stock({ [SKU]: { price: 1_000, onHand: 1_000 } })
  const buyer = await market.signUp()

  return {
    market,
    collector,
    prometheus,
    log,
    urls,
    buyer,
    requests: await requestsOf(market, buyer),
    async close() {
      await prometheus.stop()
      await market.close()
      collector.close()
      await payments.drop()
    },
  }
}

async function requestsOf({ platform }: Marketplace, buyer: { token: string }): Promise<SplitSystem['requests']> {
  const orders = platform.api(order, buyer)
  const { id: cartId } = await orders.createCart()
  const { total } = await orders.addLine({ cartId, sku: SKU, quantity: 1 })
  const placed = await orders.placeOrder({ cartId, expectedTotal: total, address, note: '' })
  const { paymentId } = await orders.startPayment({ orderId: placed.id, returnUrl: RETURN_URL })
  const { items } = await platform.api(product).listProducts({ q: SKU })
  const text = { title: 'Seen by everybody', description: 'A text', body: 'Text' }
  const { slug, author } = (await platform.api(article, buyer).createArticle(text)).article
  return new Map([
    ['auth', ['GET', '/api/auth/sessions']],
    ['user', ['GET', '/api/users/me']],
    ['product', ['GET', `/api/products/${items[0]?.id}`]],
    ['inventory', ['GET', `/api/inventory/${SKU}`]],
    ['order', ['GET', `/api/orders/${placed.id}`]],
    ['payment', ['GET', `/api/payments/${paymentId}`]],
    ['profile', ['GET', `/api/profiles/${author.username}`]],
    ['article', ['GET', `/api/articles/${slug}`]],
    ['comment', ['GET', `/api/articles/${slug}/comments`]],
  ])
}
