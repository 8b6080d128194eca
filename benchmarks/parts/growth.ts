/** The same work on more data: catalogues of several sizes, and histories of few and many orders. */
import { setTimeout as pause } from 'node:timers/promises'
import { httpClient } from '@doran/kernel/client'
import { product } from '@doran/product/contract'
import { type Buyer, basketsOf, checkouts, signUp } from '../checkout.ts'
import { multiplyCatalogue, multiplyOrders } from '../multiply.ts'
import { type Comparison, compare, type Side } from '../rounds.ts'
import type { Bar, Row } from '../rows.ts'
import { type Server, startServer } from '../server.ts'
import type { Stocked } from '../shop.ts'
import type { Suite } from '../suite.ts'
import { type WrkRequest, wrk } from '../wrk.ts'

/** For the ratio to the rate with the least data: 1.5 and 1.3 times slower. */
const READS = { atLeast: 0.67 }
const CHECKOUT = { atLeast: 0.77 }

const SAMPLE = 2_000
const WORDS = ['현미', '의자', '수건', 'desk', 'lamp', 'shirt', '무선 이어폰', 'kimchi']

/** One amount of data: a Doran on it, and the loads for it. */
interface Size {
  count: number
  works: { what: string; bar?: Bar; side: Side }[]
  stop(): Promise<void>
}

export async function growth(suite: Suite): Promise<Row[]> {
  const { settings, postgres, folder } = suite
  const place = { DATABASE_URL: postgres.url('postgres'), DORAN_DATA: folder }
  const sandbox = await startServer('sandbox-payment', place, { core: 0 })
  const catalogues: Size[] = []
  for (const products of settings.catalogues) catalogues.push(await withCatalogue(suite, products, sandbox))
  const histories = await withOrders(suite, sandbox)
  const rows = await compare([...slower(catalogues, 'products'), ...slower(histories, 'orders')], suite)
  for (const { stop } of [...catalogues, ...histories]) await stop()
  await sandbox.stop()
  return rows
}

function slower([least, ...others]: Size[], of: string): Comparison[] {
  const spelled = (count: number) => count.toLocaleString('en-US')
  return others.flatMap(({ count, works }) =>
    works.map(({ what, bar, side }, index) => ({
      what: `${what}, ${spelled(count)} ${of} / ${spelled(least?.count as number)}`,
      ...(bar && { bar }),
      doran: side,
      floor: least?.works[index]?.side as Side,
    })),
  )
}

async function withCatalogue(suite: Suite, products: number, sandbox: Server): Promise<Size> {
  const { settings, postgres } = suite
  const [least] = settings.catalogues as [number]
  if (products % least !== 0) throw new Error(`${products} products are not a multiple of ${least}`)
  const database = `products-${products}`
  const stock = await suite.shop(database, least)
  await timed(`${products} products`, () =>
    multiplyCatalogue(postgres, database, { from: least, times: products / least }),
  )
  const ids = await sampleOf(suite, database, 'select product_id as id from product.listings')
  const skus = await postgres.run<Stocked>(
    database,
    `select sku, seller_id as "sellerId" from inventory.stock order by md5(sku) limit ${stock.length}`,
  )
  const doran = await start(suite, database, sandbox)
  const { side, buying } = works(suite, doran)
  const buyers = await signUp(doran.url)
  const categories = await httpClient(product, { baseUrl: doran.url }).listCategories()
  const sorts = ['newest', 'price-asc', 'popular', 'name']
  const lists = categories.flatMap(({ slug }) =>
    sorts.map((sort) => `/api/products?limit=20&category=${slug}&sort=${sort}`),
  )
  const searches = WORDS.map((word) => `/api/products?limit=20&q=${encodeURIComponent(word)}`)
  return {
    count: products,
    works: [
      {
        what: 'product list, cold',
        bar: READS,
        side: side([...sorts.map((sort) => `/api/products?sort=${sort}`), ...lists]),
      },
      { what: 'product page, cold', bar: READS, side: side(ids.map((id) => `/api/products/${id}`)) },
      { what: 'search for a word', side: side(searches) },
      { what: 'checkout', bar: CHECKOUT, side: buying(buyers, skus) },
    ],
    stop: () => doran.stop(),
  }
}

/** Buyers place and pay for orders, which are then copied into histories of each length. */
async function withOrders(suite: Suite, sandbox: Server): Promise<Size[]> {
  const { settings, postgres } = suite
  const { orders, placed } = settings
  const stock = await suite.shop('orders')
  const source = await start(suite, 'orders', sandbox)
  const buyers = await signUp(source.url)
  await timed(`${placed} orders`, () =>
    checkouts(source.url, buyers, [...basketsOf(stock, 1), ...basketsOf(stock, 3)], { orders: placed }),
  )
  await settled(suite, 'orders')
  await source.stop()
  for (const count of orders) {
    if (count % placed !== 0) throw new Error(`${count} orders are not a multiple of ${placed}`)
    await postgres.create(`orders-${count}`, 'orders')
    await timed(`${count} orders`, () => multiplyOrders(postgres, `orders-${count}`, count / placed))
  }
  const sizes: Size[] = []
  for (const count of orders) {
    const doran = await start(suite, `orders-${count}`, sandbox)
    // Orders that the buyers themselves placed; the copies belong to others.
    const own = buyers.map(({ token }) => ({ headers: { authorization: `Bearer ${token}` } }))
    const pages = await Promise.all(own.map((request) => ordersOf(doran.url, request.headers)))
    const { side, buying } = works(suite, doran)
    sizes.push({
      count,
      works: [
        {
          what: "a buyer's orders",
          bar: READS,
          side: side(own.map((request) => ({ path: '/api/orders', ...request }))),
        },
        {
          what: 'order page',
          bar: READS,
          side: side(pages.flatMap((ids, n) => ids.map((id) => ({ path: `/api/orders/${id}`, ...own[n] })))),
        },
        { what: 'checkout', bar: CHECKOUT, side: buying(buyers, stock) },
      ],
      stop: () => doran.stop(),
    })
  }
  return sizes
}

function works({ settings: { seconds }, folder }: Suite, { url, pid, inspector }: Server) {
  return {
    side: (requests: WrkRequest[]): Side => ({
      pids: [pid],
      inspector,
      load: () => wrk(url, requests, { folder, seconds }),
    }),
    buying: (buyers: Buyer[], stock: Stocked[]): Side => ({
      pids: [pid],
      inspector,
      load: () => checkouts(url, buyers, basketsOf(stock, 1), { seconds }),
    }),
  }
}

/** Starts a Doran without a cache, so that every request queries PostgreSQL. */
function start({ settings, postgres, folder }: Suite, database: string, sandbox: Server): Promise<Server> {
  return startServer(
    'start',
    {
      DATABASE_URL: postgres.url(database),
      DORAN_DATA: folder,
      CACHE_ENTRIES: '0',
      PAYMENT_SANDBOX_URL: sandbox.url,
    },
    { core: 0, inspect: settings.profile },
  )
}

async function sampleOf({ postgres }: Suite, database: string, select: string): Promise<string[]> {
  const rows = await postgres.run<{ id: string }>(database, `${select} order by md5(product_id::text) limit ${SAMPLE}`)
  return rows.map(({ id }) => id)
}

async function ordersOf(url: string, headers: Record<string, string>): Promise<string[]> {
  const answer = (await (await fetch(`${url}/api/orders?limit=20`, { headers })).json()) as { items: { id: string }[] }
  return answer.items.map(({ id }) => id)
}

/** Waits until all events are handled and all sagas have ended. */
async function settled({ postgres }: Suite, database: string): Promise<void> {
  const waiting = `select 1 from doran.tasks where handler not like '%/job:%' limit 1`
  while ((await postgres.run(database, waiting)).length > 0) await pause(200)
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now()
  await work()
  console.log(`${what} took ${Math.round((performance.now() - begun) / 1_000)} s`)
}
