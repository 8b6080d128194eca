/** Lists of products. A page takes one statement, which usually scans an index for only as many rows as it returns. */
import { asKeyset, type Queryable, type Sql, sql } from '@doran/kernel'
import { Amount, Id, type Page, type TSchema, Type } from '@doran/kernel/contract'
import type { State, Summary } from './contract.ts'

export type Sort = 'newest' | 'price-asc' | 'price-desc' | 'name-ko' | 'name-en' | 'popular'

export interface ProductFilter {
  /** `depth` is the level in the tree, 1 for the topmost. */
  category?: { slug: string; depth: number } | undefined
  brand?: string | undefined
  seller?: string | undefined
  minPrice?: number | undefined
  maxPrice?: number | undefined
  q?: string | undefined
}

type Column = 'product_id' | 'created_at' | 'price_from' | 'name' | 'sold'

/** A row with the columns by which the list is sorted. */
type Row = Record<Column, string | number> & { summary: Summary }

/** A sort key: a plain column, or an expression in the order of a language. */
type SortKey = Column | { by: string; of: (row: Row) => string | number; column?: Column }

const KOREAN_NAME: SortKey = { by: 'name collate product.names_ko', of: ({ name }) => name, column: 'name' }
const ENGLISH_NAME: SortKey = {
  by: "(summary->'name'->>'en') collate product.names_en",
  of: ({ summary }) => summary.name.en,
}

// Accepts only what PostgreSQL can read, because a cursor may be forged.
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

/** All keys have the same direction, and together they are unique. */
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

/** Up to this many matches are sorted. With more matches, an ordered scan finds a page quickly. */
const MAX_SORTED_MATCHES = 1_000

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
      ? sortOrScan(select, hasLeadIndexes(sort) ? conditions : withoutLead(conditions), page, order)
      : sql`${select} product.listings where state = 'on-sale' ${and(conditions)} ${page}`,
  )
  return asKeyset.page(rows, limit, keyOf, (row) => row.summary)
}

/**
 * An ordered scan is fast when many rows match, and very slow when hardly any does. PostgreSQL cannot know that when it
 * plans, so the statement finds out first: it collects up to a thousand matches by the index that suits them best. If
 * there are no more, it sorts them; otherwise the ordered scan finds its page quickly. One of the two branches is
 * always empty.
 */
function sortOrScan(select: Sql, conditions: Conditions, page: Sql, order: Sql): Sql {
  return sql`
    with few as materialized (
      ${select} product.listings where state = 'on-sale' ${and(forMatching(conditions))} limit ${MAX_SORTED_MATCHES + 1}
    )
    ${select} (
      (${select} few where (select count(*) from few) <= ${MAX_SORTED_MATCHES} ${page})
      union all
      (${select} product.listings where state = 'on-sale' ${and(forOrderedScan(conditions))}
       and (select count(*) from few) > ${MAX_SORTED_MATCHES} ${page})
    ) page
    ${order}`
}

/** Conditions by their role in an ordered scan: `lead` selects the index, `others` only filter rows. */
interface Conditions {
  lead: Sql[]
  others: Sql[]
  /** Served by an index of its own, and implied by `others`. */
  indexed: Sql[]
}

function conditionsOf({ category, brand, seller, minPrice, maxPrice, q }: ProductFilter): Conditions {
  const [lead, ...more] = [
    ...(seller !== undefined ? [sql`seller_id = ${seller}`] : []),
    ...(brand !== undefined ? [sql`brand = ${brand}`] : []),
    ...(category ? [sql`category_path[${sql.raw(String(category.depth))}] = ${category.slug}`] : []),
  ]
  // Always both bounds: PostgreSQL estimates a range with one bound as a third of all rows.
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

/**
 * Whether each lead has an index in this order. The order of English names is rarely used and has one index for all.
 */
function hasLeadIndexes(sort: Sort): boolean {
  return sort !== 'name-en'
}

function withoutLead({ lead, others, indexed }: Conditions): Conditions {
  return { lead: [], others: [...lead, ...others], indexed }
}

/** An ordered scan must not use another index, and the planner must expect the conditions to match many rows. */
function forOrderedScan({ lead, others }: Conditions): Conditions {
  return { lead, others: others.map(unindexed), indexed: [] }
}

/** Words match few rows, and comparing texts is slow. With words, only their index may find the matches. */
function forMatching(conditions: Conditions): Conditions {
  const { lead, others, indexed } = conditions
  return indexed.length === 0 ? conditions : { lead, others: others.map(unindexed), indexed }
}

/** The same condition in a form that no index can serve. */
function unindexed(condition: Sql): Sql {
  return sql`coalesce(${condition}, false)`
}

/** Whether the filter needs more than the index of its order. */
function isSelective({ filter, sort }: ProductQuery): boolean {
  const { category, brand, seller, minPrice, maxPrice, q } = filter
  const leads = [category, brand, seller].filter((lead) => lead !== undefined).length
  const priced = minPrice !== undefined || maxPrice !== undefined
  return q !== undefined || leads > (hasLeadIndexes(sort) ? 1 : 0) || (priced && !sort.startsWith('price'))
}

/** Splits a query into words, normalised like `product.searchable`. Quotes are ignored. */
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
 * The index keys of words: each pair of neighbouring characters, and each single character from U+2E81 on, such as a
 * Korean syllable. A single Latin letter occurs in nearly every name, so it is no key. `product.grams` of the first
 * migration computes the same keys, but calling it here would take longer than the search.
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
