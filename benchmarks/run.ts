/**
 * `npm run bench [-- --products 10000 --rounds 5 --seconds 3]`: prints a table and writes it as JSON. Servers are kept on
 * the first core and the load on the second; the rounds of all rows take turns, and medians are shown. Compare ratios
 * only: the machine is shared with the database.
 */
import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbeddedPostgres } from '@doran/embedded-postgres'
import type { Queryable, Sql } from '@doran/kernel'
import { findProducts, type ProductQuery } from '../services/product/product-list.ts'
import { checkouts, signUp } from './checkout.ts'
import { compare, writeResult } from './compare.ts'
import type { FloorRequest } from './floor.ts'
import { startOnFirstCore } from './server.ts'
import { loadShop } from './shop.ts'
import { median, wrk } from './wrk.ts'

const { values } = parseArgs({
  options: {
    products: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
  },
})
const [products, rounds, seconds] = [Number(values.products), Number(values.rounds), Number(values.seconds)]
const PAGE = 20
const PAGES = 500

const folder = await mkdtemp(join(tmpdir(), 'doran-bench-'))
const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') })
const stock = await loadShop(postgres.url(), products)

const place = { DATABASE_URL: postgres.url(), DORAN_DATA: folder }
const sandbox = await startOnFirstCore('sandbox-payment', place)
const doran = { ...place, PAYMENT_SANDBOX_URL: sandbox.url }
const warm = await startOnFirstCore('start', doran)
const cold = await startOnFirstCore('start', { ...doran, CACHE_ENTRIES: '0' })

interface ListPage {
  items: { id: string }[]
  next: string | null
}

/** Different pages of the newest products: what each is asked with, and the ids of the products on it. */
async function walk(): Promise<{ cursors: string[]; ids: string[] }> {
  const cursors: string[] = []
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const answer = await fetch(`${cold.url}/api/products?limit=${PAGE}${cursor ? `&cursor=${cursor}` : ''}`)
    const page = (await answer.json()) as ListPage
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.next
    if (cursor) cursors.push(cursor)
  } while (cursor && cursors.length < PAGES)
  return { cursors, ids }
}

/** The statement that the service itself runs for a query. */
async function statementOf(query: ProductQuery) {
  let statement: ReturnType<Sql['statement']> | undefined
  const recorder = {
    trace: null,
    all: async (query: Sql) => {
      statement = query.statement()
      return []
    },
  } as unknown as Queryable
  await findProducts(recorder, query)
  return statement as ReturnType<Sql['statement']>
}

const { cursors, ids } = await walk()
const lists = cursors.map((cursor) => `/api/products?limit=${PAGE}&cursor=${cursor}`)
const pages = ids.map((id) => `/api/products/${id}`)
const text = async (path: string) => (await fetch(warm.url + path)).text()

const floor = fork(new URL('./floor.ts', import.meta.url), { stdio: 'inherit' })
floor.send({
  databaseUrl: postgres.url(),
  bytes: { list: await text(`/api/products?limit=${PAGE}`), page: await text(pages[0] as string) },
  sql: {
    list: {
      limit: PAGE,
      statements: await Promise.all(
        cursors.map((cursor) => statementOf({ filter: {}, sort: 'newest', cursor, limit: PAGE })),
      ),
    },
    page: {
      limit: 1,
      statements: ids.map((id) => ({
        name: 'page',
        text: 'select detail from product.details where product_id = $1',
        values: [id],
      })),
    },
  },
} satisfies FloorRequest)
const [{ port: floorPort }] = (await once(floor, 'message')) as [{ port: number }]
spawnSync('taskset', ['-acp', '0', String(floor.pid)])
const floorUrl = `http://127.0.0.1:${floorPort}`
const each = (path: string, count: number) => Array.from({ length: count }, (_, n) => `${path}?n=${n}`)

const table = compare(
  [
    {
      name: 'product list, warm / the same bytes from memory',
      bar: 0.6,
      doran: () => wrk(folder, warm.url, [`/api/products?limit=${PAGE}`], seconds),
      floor: () => wrk(folder, floorUrl, ['/bytes/list'], seconds),
    },
    {
      name: 'product page, warm / the same bytes from memory',
      bar: 0.6,
      doran: () => wrk(folder, warm.url, pages.slice(0, 100), seconds),
      floor: () => wrk(folder, floorUrl, ['/bytes/page'], seconds),
    },
    {
      name: 'product list, cold / Fastify + pg, same SQL',
      bar: 0.7,
      doran: () => wrk(folder, cold.url, lists, seconds),
      floor: () => wrk(folder, floorUrl, each('/sql/list', lists.length), seconds),
    },
    {
      name: 'product page, cold / Fastify + pg, same SQL',
      bar: 0.7,
      doran: () => wrk(folder, cold.url, pages, seconds),
      floor: () => wrk(folder, floorUrl, each('/sql/page', pages.length), seconds),
    },
  ],
  rounds,
)

// From here on one Doran has the machine to itself.
floor.disconnect()
await cold.stop()
const bySeller = [...Map.groupBy(stock, ({ sellerId }) => sellerId).values()]
const baskets = {
  'checkouts, cart → paid, one seller': stock.slice(0, 200).map(({ sku }) => [sku]),
  'checkouts, cart → paid, three sellers': Array.from({ length: 100 }, (_, index) =>
    [0, 1, 2].map((offset) => {
      const goods = bySeller[(index + offset) % bySeller.length] as typeof stock
      return goods[index % goods.length]?.sku as string
    }),
  ),
}
const buyers = await signUp(warm.url)
await checkouts(warm.url, buyers, baskets['checkouts, cart → paid, one seller'], seconds)
const sold: { name: string; rate: number }[] = []
for (const [name, goods] of Object.entries(baskets)) {
  const rates: number[] = []
  for (let round = 0; round < rounds; round++) rates.push(await checkouts(warm.url, buyers, goods, seconds))
  sold.push({ name, rate: median(rates) })
}

console.log(
  `${products} products, ${rounds} rounds of ${seconds} s, 32 connections; ready after ${Math.round(warm.took)} ms`,
)
console.table(table)
console.table(sold.map(({ name, rate }) => ({ name, 'a second': Number(rate.toFixed(1)) })))
writeResult({ products, rounds, seconds, readyMs: Math.round(warm.took), table, sold })

await warm.stop()
await sandbox.stop()
await postgres.stop()
await rm(folder, { recursive: true })
