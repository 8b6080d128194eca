/** Lists of products: one statement, and as a rule one walk along an index of as many rows as the page has. */
import { asKeyset, type Queryable, type Sql, sql } from '@doran/kernel'
import { Amount, Id, type Page, type TSchema, Type } from '@doran/kernel/contract'
import type { State, Summary } from './contract.ts'

export type Sort = 'newest' | 'price-asc' | 'price-desc' | 'name-ko' | 'name-en' | 'popular'

export interface ProductFilter {
  /** With its depth in the tree, 1 for the topmost. */
  category?: { slug: string; depth: number } | undefined
  brand?: string | undefined
  seller?: string | undefined
  minPrice?: number | undefined
  maxPrice?: number | undefined
  q?: string | undefined
}

type Column = 'product_id' | 'created_at' | 'price_from' | 'name' | 'sold'

/** With the columns that the list is sorted by. */
type Row = Record<Column, string | number> & { summary: Summary }

/** What a list is sorted by: a column as it is, or in the order of a language. */
type SortKey = Column | { by: string; of: (row: Row) => string | number; column?: Column }

const KOREAN_NAME: SortKey = { by: 'name collate product.names_ko', of: ({ name }) => name, column: 'name' }
const ENGLISH_NAME: SortKey = {
  by: "(summary->'name'->>'en') collate product.names_en",
  of: ({ summary }) => summary.name.en,
}

// Only what PostgreSQL reads as well; a cursor may have been forged.
const CreatedAt = Type.String({
  format: 'date-time',
  pattern: '^[12]\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$',
})
const ListName = Type.String({ maxLength: 200, pattern: '^[^\\p{Cc}\\p{Cs}]*$' })

const Units = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

const SORTS = {
  newest: sortedBy(['created_at', 'product_id'], 'desc', [CreatedAt, Id]),
  'price-asc': sortedBy(['price_from', 'product_id'], 'asc', [Amount, Id]),
  'price-desc': sortedBy(['price_from', 'product_id'], 'desc', [Amount, Id]),
  'name-ko': sortedBy([KOREAN_NAME, 'product_id'], 'asc', [ListName, Id]),
  'name-en': sortedBy([ENGLISH_NAME, 'product_id'], 'asc', [ListName, Id]),
  popular: sortedBy(['sold', 'created_at', 'product_id'], 'desc', [Units, CreatedAt, Id]),
} satisfies Record<Sort, unknown>

/** All keys go in one direction, and together they are different for each product. */
function sortedBy(keys: readonly SortKey[], direction: 'asc' | 'desc', key: readonly TSchema[]) {
  const by = keys.map((one) => (typeof one === 'string' ? one : one.by))
  const columns = keys.flatMap((one) => (typeof one === 'string' ? one : (one.column ?? [])))
  return {
    columns: sql.raw(columns.join(', ')),
    keyOf: (row: Row) => keys.map((one) => (typeof one === 'string' ? row[one] : one.of(row))),
    names: sql.raw(by.join(', ')),
    order: sql.raw(`order by ${by.map((one) => `${one} ${direction}`).join(', ')}`),
    beyond: direction === 'asc' ? sql`>` : sql`<`,
    key,
  }
}

/** Up to this many matches are sorted; of more, a page is soon found by walking in order. */
const FEW = 1_000

const HIGHEST_PRICE = 1_000_000_000_000

export interface ProductQuery {
  filter: ProductFilter
  sort: Sort
  cursor: string | undefined
  limit: number
}

/** A page of products on sale. */
export async function findProducts(db: Queryable, query: ProductQuery): Promise<Page<Summary>> {
  const { cursor, limit, sort } = query
  const { columns, keyOf, names, order, beyond, key } = SORTS[sort]
  const last = asKeyset.read(cursor, key)?.map((value) => sql`${value}`)
  const select = sql`select ${columns}, summary from`
  const after = last ? sql`and (${names}) ${beyond} (${sql.join(last)})` : sql.empty
  const page = sql`${after} ${order} limit ${limit + 1}`

  const conditions = conditionsOf(query.filter)
  const rows = await db.all<Row>(
    isSelective(query)
      ? fewOrMany(select, isLed(sort) ? conditions : unled(conditions), page, order)
      : sql`${select} product.listings where state = 'on-sale' ${and(conditions)} ${page}`,
  )
  return asKeyset.page(rows, limit, keyOf, (row) => row.summary)
}

/**
 * Walking in order is right when many rows match, and endless when hardly any does. PostgreSQL cannot know which
 * it is when it plans, so it is found out first: up to a thousand matches are sought by whatever index finds them
 * best. If that was all they are sorted, else the walk in order soon has its page. One of the two branches
 * always has nothing to do.
 */
function fewOrMany(select: Sql, conditions: Conditions, page: Sql, order: Sql): Sql {
  return sql`
    with few as materialized (
      ${select} product.listings where state = 'on-sale' ${and(sought(conditions))} limit ${FEW + 1}
    )
    ${select} (
      (${select} few where (select count(*) from few) <= ${FEW} ${page})
      union all
      (${select} product.listings where state = 'on-sale' ${and(walked(conditions))}
       and (select count(*) from few) > ${FEW} ${page})
    ) page
    ${order}`
}

/** Conditions by what they do for a walk in order: `lead` chooses the index, the others only leave rows out. */
interface Conditions {
  lead: Sql[]
  others: Sql[]
  /** Found by an index of its own and needless besides `others`. */
  indexed: Sql[]
}

function conditionsOf({ category, brand, seller, minPrice, maxPrice, q }: ProductFilter): Conditions {
  const [lead, ...more] = [
    ...(seller !== undefined ? [sql`seller_id = ${seller}`] : []),
    ...(brand !== undefined ? [sql`brand = ${brand}`] : []),
    ...(category ? [sql`category_path[${sql.raw(String(category.depth))}] = ${category.slug}`] : []),
  ]
  // Always both ends: PostgreSQL takes a range with one open end for a third of all rows.
  const priced = minPrice !== undefined || maxPrice !== undefined
  const prices = priced ? [sql`price_from >= ${minPrice ?? 0}`, sql`price_from <= ${maxPrice ?? HIGHEST_PRICE}`] : []
  const words = wordsOf(q)
  const grams = gramsOf(words)
  return {
    lead: lead ? [lead] : [],
    others: [
      ...more,
      ...prices,
      ...(words.length > 0 ? [sql`search_text like all(${words.map(contains)}::text[])`] : []),
    ],
    indexed: grams.length > 0 ? [sql`product.grams(search_text) @> ${grams}::text[]`] : [],
  }
}

function and({ lead, others, indexed }: Conditions): Sql {
  const all = [...lead, ...others, ...indexed]
  return all.length === 0 ? sql.empty : sql`and ${sql.join(all, ' and ')}`
}

/** Whether there is an index in this order for each lead. Few read by English names, so that order has one for all. */
function isLed(sort: Sort): boolean {
  return sort !== 'name-en'
}

function unled({ lead, others, indexed }: Conditions): Conditions {
  return { lead: [], others: [...lead, ...others], indexed }
}

/** For the walk in order no other index may be used, and the conditions must be thought to let many rows through. */
function walked({ lead, others }: Conditions): Conditions {
  return { lead, others: others.map(unindexed), indexed: [] }
}

/** Words find few rows, and taking them apart is slow: with words, it is their index that the matches are sought by. */
function sought(conditions: Conditions): Conditions {
  const { lead, others, indexed } = conditions
  return indexed.length === 0 ? conditions : { lead, others: others.map(unindexed), indexed }
}

/** The same condition in a form that no index serves. */
function unindexed(condition: Sql): Sql {
  return sql`coalesce(${condition}, false)`
}

/** Whether the index in order cannot answer by itself. */
function isSelective({ filter, sort }: ProductQuery): boolean {
  const { category, brand, seller, minPrice, maxPrice, q } = filter
  const leads = [category, brand, seller].filter((lead) => lead !== undefined).length
  const priced = minPrice !== undefined || maxPrice !== undefined
  return q !== undefined || leads > (isLed(sort) ? 1 : 0) || (priced && !sort.startsWith('price'))
}

/** As `product.searchable` makes the text. Quotes around words say nothing that it could look for. */
function wordsOf(q = ''): string[] {
  return q
    .normalize('NFKC')
    .toLowerCase()
    .split(/[\s"“”„]+/)
    .filter(Boolean)
}

function contains(word: string): string {
  return `%${word.replace(/[\\%_]/g, '\\$&')}%`
}

/**
 * The keys by which the index knows words: each pair of neighbouring characters, and each single character that is not Latin.
 * A single Latin letter stands in nearly every name, so it is no key. `product.grams` of the first migration makes the same
 * keys, but to call it here would take longer than the search.
 */
export function gramsOf(words: readonly string[]): string[] {
  const grams = words.flatMap((word) => {
    const characters = [...word]
    return characters.flatMap((one, place) => {
      const next = characters[place + 1]
      return [...(next === undefined ? [] : [one + next]), ...(one > '\u2e80' ? [one] : [])]
    })
  })
  return [...new Set(grams)]
}

/** A seller's own products in every state, newest first. */
export async function findSellerProducts(
  db: Queryable,
  {
    sellerId,
    state,
    cursor,
    limit,
  }: { sellerId: string; state: State | undefined; cursor: string | undefined; limit: number },
): Promise<Page<SellerSummary>> {
  const [createdAt, id] = asKeyset.read(cursor, SORTS.newest.key) ?? []
  const rows = await db.all<{ id: string; at: string; summary: SellerSummary }>(sql`
    select l.product_id as id, l.created_at as at,
           l.summary || jsonb_build_object('key', p.key, 'state', p.state, 'version', p.version) as summary
    from product.listings l join product.products p on p.id = l.product_id
    where l.seller_id = ${sellerId} ${state === undefined ? sql.empty : sql`and p.state = ${state}`}
      ${id === undefined ? sql.empty : sql`and (l.created_at, l.product_id) < (${createdAt}, ${id})`}
    order by l.created_at desc, l.product_id desc limit ${limit + 1}`)
  return asKeyset.page(
    rows,
    limit,
    (row) => [row.at, row.id],
    (row) => row.summary,
  )
}

export type SellerSummary = Summary & { key: string; state: State; version: number }
