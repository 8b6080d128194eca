import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type Context, type Database, sql } from '@doran/kernel'
import type { Input } from '@doran/kernel/contract'
import { type CatalogueProduct, product, type Summary } from '../contract.ts'
import { listProducts } from '../operations/list-products.ts'
import { gramsOf } from '../product-list.ts'
import { aProduct, type Catalogue, soon, startCatalogue } from './catalogue.ts'

describe('the list of products', () => {
  let shop: Catalogue
  before(async () => {
    shop = await startCatalogue()
    await shop.client(product).loadCatalogue({ products: catalogue() })
  })
  after(() => shop.close())

  const WORDS = [
    ['햅쌀', 'New rice'],
    ['현미', 'Brown rice'],
    ['포기김치', 'Whole kimchi'],
    ['무선 이어폰 케이스', 'Earphone case 100%'],
    ['책', 'Book'],
  ] as const

  /** 60 products. Each field cycles at its own rate, and pairs share prices and times, so that there are ties. */
  function catalogue(): CatalogueProduct[] {
    return Array.from({ length: 60 }, (_, index) => {
      const [ko, en] = WORDS[index % WORDS.length] as readonly [string, string]
      return {
        ...aProduct({ price: 1_000 * (1 + (Math.floor(index / 2) % 10)) }),
        sellerId: index % 3 === 0 ? shop.rival.id : shop.seller.id,
        category: ['rice', 'grain', 'kimchi', 'living'][index % 4] as string,
        brand: ['haru', 'doran', null][index % 3] as string | null,
        name: { ko: `${ko} ${index % 7}`, en },
        state: index % 10 === 9 ? ('stopped' as const) : ('on-sale' as const),
        sold: [0, 3, 3, 250][Math.floor(index / 4) % 4] as number,
        createdAt: new Date(Date.UTC(2026, 0, 1, 0, Math.floor(index / 2))).toISOString(),
      }
    })
  }

  type Query = Input<(typeof product)['operations']['listProducts']>
  type Filter = Omit<Query, 'limit'>
  const list = (query: Query) => api().listProducts(query)
  const api = () => shop.api(product)

  async function all(query: Filter & { limit?: number }): Promise<Summary[]> {
    const items: Summary[] = []
    for (let cursor: string | undefined; ; ) {
      const page = await list({ limit: 7, ...query, ...(cursor && { cursor }) })
      items.push(...page.items)
      if (page.next === null) return items
      cursor = page.next
    }
  }

  /** The expected list, computed without an index from the tables that sellers write and the count of sales. */
  async function expected(query: Filter): Promise<string[]> {
    const below: Record<string, string[]> = {
      food: ['food', 'grain', 'rice', 'kimchi'],
      grain: ['grain', 'rice'],
      rice: ['rice'],
      kimchi: ['kimchi'],
      living: ['living'],
    }
    const rows = await shop.database('product').all<{
      id: string
      category: string
      brand: string | null
      seller: string
      ko: string
      en: string
      text: string
      price: number
      at: string
      sold: number
    }>(sql`
      select p.id, p.category, p.brand, p.seller_id as seller, p.name->>'ko' as ko, p.created_at as at,
             p.name->>'en' as en,
             (select string_agg(replace(lower(word), ' ', ''), ' ')
              from unnest(array[p.name, b.name, s.name] ||
                          (select array_agg(c.name) from product.categories c where c.slug = any(l.category_path))) name,
                   jsonb_each_text(name) words(language, word)) ||
             (select ' ' || string_agg(lower(sku), ' ') from product.variants where product_id = p.id) as text,
             (select min(price) from product.variants where product_id = p.id) as price, l.sold
      from product.products p join product.listings l on l.product_id = p.id
      join product.sellers s on s.id = p.seller_id
      left join product.brands b on b.slug = p.brand where p.state = 'on-sale'`)
    const names = new Intl.Collator(query.language ?? 'ko', { numeric: true })
    const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0)
    const down = !['price-asc', 'name'].includes(query.sort ?? 'newest')
    const keys = ({ id, at, price, sold }: (typeof rows)[number]) => {
      if (query.sort === 'popular') return [sold, at, id]
      return query.sort === 'name' ? [id] : [query.sort?.startsWith('price') ? price : at, id]
    }
    const order = (a: (typeof rows)[number], b: (typeof rows)[number]) => {
      const byName = query.sort === 'name' ? names.compare(a[query.language ?? 'ko'], b[query.language ?? 'ko']) : 0
      if (byName !== 0) return byName
      const others = keys(b)
      return keys(a).reduce<number>((found, key, index) => found || compare(key, others[index] as typeof key), 0)
    }
    return rows
      .filter((row) => query.category === undefined || below[query.category]?.includes(row.category))
      .filter((row) => query.brand === undefined || row.brand === query.brand)
      .filter((row) => query.seller === undefined || row.seller === query.seller)
      .filter((row) => row.price >= (query.minPrice ?? 0) && row.price <= (query.maxPrice ?? Infinity))
      .filter((row) =>
        (query.q ?? '')
          .normalize('NFKC')
          .toLowerCase()
          .split(/[ “”]/)
          .every((word) => row.text.includes(word)),
      )
      .sort((a, b) => order(a, b) * (down ? -1 : 1))
      .map(({ id }) => id)
  }

  const filters: [string, () => Filter][] = [
    ['everything', () => ({})],
    ['a category with all below it', () => ({ category: 'food' })],
    ['a category in the middle', () => ({ category: 'grain' })],
    ['a category without children', () => ({ category: 'rice' })],
    ['a brand', () => ({ brand: 'haru' })],
    ['a shop', () => ({ seller: shop.rival.id })],
    ['a lowest price', () => ({ minPrice: 4_000 })],
    ['a highest price', () => ({ maxPrice: 4_000 })],
    ['a price range', () => ({ minPrice: 3_000, maxPrice: 5_000 })],
    ['a category, a brand and a shop', () => ({ category: 'food', brand: 'doran', seller: shop.seller.id })],
    ['a category and a price range', () => ({ category: 'food', minPrice: 2_000, maxPrice: 8_000 })],
    ['a Korean word', () => ({ q: '김치' })],
    ['a Korean word of one syllable', () => ({ q: '책' })],
    ['part of a Korean word', () => ({ q: '어폰' })],
    ['two words in any order', () => ({ q: '케이스 무선' })],
    ['an English word in any case', () => ({ q: 'RICE' })],
    ['a single Latin letter', () => ({ q: 'b' })],
    ['the name of a brand', () => ({ q: '도란' })],
    ['a Korean word that is written apart', () => ({ q: '이어 폰' })],
    ['Korean words that are written together', () => ({ q: '무선이어폰케이스' })],
    ['a word in full-width letters', () => ({ q: 'ＲＩＣＥ' })],
    ['a word in quotes', () => ({ q: '“김치”' })],
    ['the name of a shop', () => ({ q: '하루농장' })],
    ['the name of a category', () => ({ q: '곡물' })],
    ['a text with signs that SQL knows', () => ({ q: '100%' })],
    ['a text of such signs alone', () => ({ q: '%_' })],
    [
      'a word, a category, a price and a brand',
      () => ({ q: 'rice', category: 'food', maxPrice: 6_000, brand: 'haru' }),
    ],
  ]
  for (const [what, filter] of filters) {
    it(`finds ${what}, in every order, page by page`, async () => {
      const sorts = ['newest', 'price-asc', 'price-desc', 'name', 'popular'] as const
      for (const query of [...sorts.map((sort) => ({ sort })), { sort: 'name' as const, language: 'en' as const }].map(
        (order) => ({ ...filter(), ...order }),
      )) {
        assert.deepEqual(
          (await all(query)).map(({ id }) => id),
          await expected(query),
          JSON.stringify(query),
        )
      }
      assert.ok('%_' === filter().q || (await expected(filter())).length > 0)
    })
  }

  it('splits words into the same pairs and characters as the index', async () => {
    const samples = [
      'a',
      'ab',
      '책',
      '햅쌀',
      '포기김치',
      'a책b',
      'aaa',
      '100%',
      '한자漢字',
      '🍚🥢',
      'x🍚',
      'é',
      'ß7',
      '무선 이어폰 case',
      '',
    ]
    for (const text of samples) {
      const { grams } = await shop
        .database('product')
        .one<{ grams: string[] }>(sql`select product.grams(${text}) as grams`)
      assert.deepEqual(gramsOf(text.split(' ')).sort(), grams.sort(), text)
    }
  })

  it('finds Korean that was typed in separate letters', async () => {
    const typed = '김치'.normalize('NFD')

    assert.deepEqual(
      (await all({ q: typed })).map(({ id }) => id),
      await expected({ q: '김치' }),
    )
  })

  it('sorts few matches and scans many in order, with the same result', async () => {
    const many = Array.from({ length: 1_200 }, (_, index) => ({
      ...aProduct({ price: 50_000 + index }),
      sellerId: shop.seller.id,
      category: 'living',
      name: { ko: `수건 ${index % 100}`, en: 'Towel' },
      createdAt: new Date(Date.UTC(2025, 0, 1, 0, index)).toISOString(),
    }))
    await shop.client(product).loadCatalogue({ products: many })

    for (const sort of ['newest', 'price-desc', 'name', 'popular'] as const) {
      for (const q of ['수건', '수건 7']) {
        assert.deepEqual(
          (await all({ q, sort, limit: 100 })).map(({ id }) => id),
          await expected({ q, sort }),
          `${q} ${sort}`,
        )
      }
    }
    const inEnglish = { category: 'living', sort: 'name', language: 'en' } as const
    assert.deepEqual(
      (await all({ ...inEnglish, limit: 100 })).map(({ id }) => id),
      await expected(inEnglish),
    )
  })

  it('shows each product once while others are added and removed', async () => {
    const seller = shop.api(product, shop.rival)
    const listed = await all({ seller: shop.rival.id, sort: 'newest' })

    const first = await list({ seller: shop.rival.id, limit: 5 })
    await seller.createProduct(aProduct())
    await seller.changeProductState({ productId: first.items[2]?.id as string, state: 'stopped' })
    const rest: Summary[] = []
    for (let cursor = first.next; cursor !== null; ) {
      const page = await list({ seller: shop.rival.id, limit: 5, cursor })
      rest.push(...page.items)
      cursor = page.next
    }

    assert.deepEqual(
      [...first.items, ...rest].map(({ id }) => id),
      listed.map(({ id }) => id),
    )
  })

  it('shows a new price within a moment, on the product’s page and in every list', async () => {
    const seller = shop.api(product, shop.seller)
    const written = aProduct({ category: 'kimchi', brand: 'haru', name: { ko: '총각김치', en: 'Young radish kimchi' } })
    const { id } = await seller.createProduct(written)
    const shown = async () => [
      ...(await Promise.all(
        [{}, { category: 'kimchi' }, { category: 'food' }, { brand: 'haru' }, { seller: shop.seller.id }].map(
          async (query) => (await list({ ...query, limit: 20 })).items.find((item) => item.id === id)?.priceFrom,
        ),
      )),
      (await shop.api(product).getProduct({ productId: id })).variants[0]?.price,
    ]
    assert.deepEqual(await shown(), Array(6).fill(10_000))

    const [variant] = written.variants
    await seller.updateProduct({ ...written, productId: id, variants: [{ sku: variant?.sku as string, price: 7_777 }] })

    await soon(async () => assert.deepEqual(await shown(), Array(6).fill(7_777)))
  })

  it('takes one statement for any page size and filters', async () => {
    const queries: Query[] = [
      { limit: 1 },
      { limit: 100 },
      { limit: 50, category: 'food', brand: 'haru', minPrice: 1, q: 'rice' },
    ]
    for (const query of queries) {
      const { ctx, count } = counting()
      await listProducts(query, ctx)
      // A filter by category also reads the tree of categories, which is cached from then on.
      assert.equal(count(), query.category ? 2 : 1)
    }
  })

  function counting() {
    let statements = 0
    const db = new Proxy(shop.database('product') as Database, {
      get: (target, name: keyof Database) => (query: never) => {
        statements++
        return (target[name] as (query: never) => unknown).call(target, query)
      },
    })
    const cache = { get: <T>(_key: string, load: () => Promise<T>) => load(), invalidate: async () => {} }
    return { ctx: { db, cache } as unknown as Context, count: () => statements }
  }

  it("shows a seller their own products in every state, and no one else's", async () => {
    const mine = await shop.api(product, shop.rival).listSellerProducts({ limit: 100 })
    const stopped = await shop.api(product, shop.rival).listSellerProducts({ limit: 100, state: 'stopped' })
    const others = await shop.request('GET', `/api/seller/products?sellerId=${shop.seller.id}`, { as: shop.rival })

    assert.ok(mine.items.every(({ seller }) => seller.id === shop.rival.id))
    assert.deepEqual(new Set(mine.items.map(({ state }) => state)), new Set(['on-sale', 'stopped']))
    assert.deepEqual(
      stopped.items,
      mine.items.filter(({ state }) => state === 'stopped'),
    )
    assert.equal(others.body.code, 'shop_not_yours')
  })

  const badQueries: [string, number][] = [
    ['category=nowhere', 404],
    ['category=../etc', 422],
    ['sort=random', 422],
    ['limit=0', 422],
    ['limit=101', 422],
    ['minPrice=-1', 422],
    ['maxPrice=cheap', 422],
    ['q=', 422],
    ['q=%00', 422],
    ['seller=me', 422],
    ['brand=%27', 422],
    ['cursor=made-up', 422],
    [
      `cursor=${Buffer.from('["2026-99-99T00:00:00.000Z","0192d3c4-0000-7000-8000-000000000000"]').toString('base64url')}`,
      422,
    ],
    [`cursor=${Buffer.from('["2026-01-01T00:00:00.000Z","x"]').toString('base64url')}`, 422],
    [
      `sort=price-asc&cursor=${Buffer.from('[1e300,"0192d3c4-0000-7000-8000-000000000000"]').toString('base64url')}`,
      422,
    ],
    [`sort=popular&cursor=${Buffer.from('[1,"0192d3c4-0000-7000-8000-000000000000"]').toString('base64url')}`, 422],
    [
      `sort=popular&cursor=${Buffer.from('[1e300,"2026-01-01T00:00:00.000Z","0192d3c4-0000-7000-8000-000000000000"]').toString('base64url')}`,
      422,
    ],
    [
      `sort=name&cursor=${Buffer.from('["\\u0000","0192d3c4-0000-7000-8000-000000000000"]').toString('base64url')}`,
      422,
    ],
  ]
  for (const [query, status] of badQueries) {
    it(`refuses ${query.slice(0, 60)}`, async () => {
      assert.equal((await shop.request('GET', `/api/products?${query}`)).status, status)
    })
  }
})
