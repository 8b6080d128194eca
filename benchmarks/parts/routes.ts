/** Single routes against the same bytes from memory, against the same SQL, and against the peers. */
import assert from 'node:assert/strict'
import type { Queryable, Sql } from '@doran/kernel'
import { httpClient } from '@doran/kernel/client'
import { order } from '@doran/order/contract'
import { findProducts, type ProductQuery } from '../../services/product/product-list.ts'
import type { FloorRequest } from '../floor.ts'
import { type Floor, startFloor } from '../floors.ts'
import { fasterPeer } from '../peers.ts'
import { compare, type Side } from '../rounds.ts'
import type { Row } from '../rows.ts'
import { type Server, startServer } from '../server.ts'
import type { Stocked } from '../shop.ts'
import type { Suite } from '../suite.ts'
import { type WrkRequest, wrk } from '../wrk.ts'

const PAGE_SIZE = 20
const MAX_PAGES = 500
/** Number of carts to add goods to; a cart takes 999 of them. */
const CARTS = 200

const FROM_MEMORY = { atLeast: 0.6 }
const FROM_DATABASE = { atLeast: 0.7 }

export async function routes(suite: Suite): Promise<Row[]> {
  const { settings, folder, postgres } = suite
  const stock = await suite.shop('routes')
  const databaseUrl = postgres.url('routes')
  const environment = { DATABASE_URL: databaseUrl, DORAN_DATA: folder, PAYMENT_SANDBOX_URL: 'http://127.0.0.1:1' }
  const place = { core: 0, inspect: settings.profile }
  const warm = await startServer('start', environment, place)
  const cold = await startServer('start', { ...environment, CACHE_ENTRIES: '0' }, place)

  const { cursors, ids } = await collectPages(cold.url)
  const list = `/api/products?limit=${PAGE_SIZE}`
  const lists = cursors.map((cursor) => `${list}&cursor=${cursor}`)
  const pages = ids.map((id) => `/api/products/${id}`)
  const [page] = pages as [string]
  const seller = `/api/sellers/${stock[0]?.sellerId}`
  const text = async (path: string) => (await fetch(warm.url + path)).text()
  const floor = await startFloor('./floor.ts', {
    databaseUrl,
    bytes: {
      seller: await text(seller),
      categories: await text('/api/categories'),
      list: await text(list),
      page: await text(page),
    },
    sql: {
      list: { limit: PAGE_SIZE, statements: await statementsOf(cursors) },
      page: { limit: 1, statements: pageSql(ids) },
    },
  } satisfies FloorRequest)
  await assertSame(warm.url, cold.url, floor.url, { seller, list, lists, page, pages })
  const additions = await fillCarts(warm.url, stock)

  const of = ({ url, pid, inspector }: Server | (Floor & { inspector?: undefined }), requests: readonly WrkRequest[]) =>
    ({ pids: [pid], inspector, load: () => wrk(url, requests, { folder, seconds: settings.seconds }) }) satisfies Side
  const each = (path: string, count: number) => Array.from({ length: count }, (_, n) => `${path}?n=${n}`)
  const bare = of({ ...floor, url: floor.bareUrl }, ['/'])
  const rows = await compare(
    [
      { what: 'bare node:http, small JSON: the measure of the machine', doran: bare },
      {
        what: 'small JSON (a shop) / Fastify, same bytes',
        bar: FROM_MEMORY,
        doran: of(warm, [seller]),
        floor: of(floor, ['/bytes/seller']),
      },
      {
        what: 'large JSON (all categories) / Fastify, same bytes',
        bar: FROM_MEMORY,
        doran: of(warm, ['/api/categories']),
        floor: of(floor, ['/bytes/categories']),
      },
      {
        what: 'product list, warm / Fastify, same bytes',
        bar: FROM_MEMORY,
        doran: of(warm, [list]),
        floor: of(floor, ['/bytes/list']),
      },
      {
        what: 'product page, warm / Fastify, same bytes',
        bar: FROM_MEMORY,
        doran: of(warm, pages.slice(0, 100)),
        floor: of(floor, ['/bytes/page']),
      },
      {
        what: 'product list, cold / Fastify + pg, same SQL',
        bar: FROM_DATABASE,
        doran: of(cold, lists),
        floor: of(floor, each('/sql/list', lists.length)),
      },
      {
        what: 'product page, cold / Fastify + pg, same SQL',
        bar: FROM_DATABASE,
        doran: of(cold, pages),
        floor: of(floor, each('/sql/page', pages.length)),
      },
      {
        what: 'product list / faster peer',
        bar: { atLeast: 50 },
        doran: of(warm, [list]),
        floor: fasterPeer('list', bare),
      },
      {
        what: 'product page / faster peer',
        bar: { atLeast: 20 },
        doran: of(warm, pages),
        floor: fasterPeer('detail', bare),
      },
      {
        what: 'add to cart / faster peer',
        bar: { atLeast: 20 },
        doran: of(warm, additions),
        floor: fasterPeer('addToCart', bare),
      },
    ],
    suite,
  )
  floor.stop()
  await warm.stop()
  await cold.stop()
  return rows
}

interface ListPage {
  items: { id: string }[]
  next: string | null
}

/** Returns different pages of the newest products: their cursors, and the ids of the products on them. */
async function collectPages(url: string): Promise<{ cursors: string[]; ids: string[] }> {
  const cursors: string[] = []
  const ids: string[] = []
  let cursor: string | null = null
  do {
    const answer = await fetch(`${url}/api/products?limit=${PAGE_SIZE}${cursor ? `&cursor=${cursor}` : ''}`)
    const page = (await answer.json()) as ListPage
    ids.push(...page.items.map(({ id }) => id))
    cursor = page.next
    if (cursor) cursors.push(cursor)
  } while (cursor && cursors.length < MAX_PAGES)
  return { cursors, ids }
}

function statementsOf(cursors: readonly string[]) {
  return Promise.all(cursors.map((cursor) => statementOf({ filter: {}, sort: 'newest', cursor, limit: PAGE_SIZE })))
}

/** Returns the statement that the service itself runs for a query. */
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

function pageSql(ids: readonly string[]) {
  const text = 'select detail from product.details where product_id = $1'
  return ids.map((id) => ({ name: 'page', text, values: [id] }))
}

/** All sides give the same responses, so they do the same work. */
async function assertSame(
  warm: string,
  cold: string,
  floor: string,
  {
    seller,
    list,
    lists,
    page,
    pages,
  }: { seller: string; list: string; lists: string[]; page: string; pages: string[] },
): Promise<void> {
  const text = async (url: string) => (await fetch(url)).text()
  const parsed = async (url: string) => JSON.parse(await text(url))
  for (const [path, name] of [
    [seller, 'seller'],
    ['/api/categories', 'categories'],
    [list, 'list'],
    [page, 'page'],
  ]) {
    assert.equal(await text(`${floor}/bytes/${name}`), await text(warm + path), path)
  }
  for (const n of [0, Math.floor(lists.length / 2), lists.length - 1]) {
    assert.deepEqual((await parsed(`${floor}/sql/list?n=${n}`)).items, (await parsed(cold + lists[n])).items)
    assert.deepEqual(await parsed(`${floor}/sql/page?n=${n}`), await parsed(cold + pages[n]))
  }
}

/** Creates guests' carts. Returns requests that add one product to each. */
async function fillCarts(baseUrl: string, stock: readonly Stocked[]): Promise<WrkRequest[]> {
  const api = httpClient(order, { baseUrl })
  const carts = await Promise.all(Array.from({ length: CARTS }, () => api.createCart()))
  return carts.map(({ id }, index) => ({
    method: 'POST',
    path: `/api/carts/${id}/lines`,
    body: { sku: stock[index % stock.length]?.sku, quantity: 1 },
  }))
}
