/** The read models of lists and product pages, which the transaction of each change rebuilds. */
import { type Context, publishAll, sql, type Transaction } from '@doran/kernel'
import {
  type Product,
  type ProductNews,
  productChanged,
  productListed,
  productStateChanged,
  type State,
  type Summary,
  variantsListed,
} from './contract.ts'
import { type ProductWrite, writeProducts } from './products.ts'
import { listedState } from './standings.ts'

interface Refreshed {
  id: string
  detail: Product
  summary: Summary
  categoryPath: string[]
  /** The product's brand, categories and seller before the change. */
  oldBrand: string | null
  oldCategoryPath: string[] | null
  oldSellerId: string | null
}

/** The search text contains the SKUs of this many variants. */
const MAX_SEARCHED_SKUS = 50

/** For more products, invalidating the whole cache is cheaper than invalidating single keys. */
const MAX_SINGLE_INVALIDATIONS = 50

/** Writes products and their read models, publishes their events (unless `silent`) and invalidates the cache. */
export async function publishProducts(
  tx: Transaction,
  cache: Context['cache'],
  writes: readonly ProductWrite[],
  { silent = false } = {},
): Promise<Product[]> {
  if (writes.length === 0) return []
  await writeProducts(tx, writes)
  const refreshed = await refresh(
    tx,
    cache,
    writes.map(({ id }) => id),
  )
  if (!silent) await publishEvents(tx, writes, refreshed)
  return writes.map(({ id }) => (refreshed.get(id) as Refreshed).detail)
}

/** Rebuilds the read models of products, for example after the renaming of their seller, and invalidates the cache. */
export async function refresh(
  tx: Transaction,
  cache: Context['cache'],
  ids: readonly string[],
): Promise<Map<string, Refreshed>> {
  if (ids.length === 0) return new Map()
  const rows = await refreshRows(tx, ids)
  await cache.invalidate(
    tx,
    rows.length > MAX_SINGLE_INVALIDATIONS ? ['list:*', 'product:*'] : [...new Set(rows.flatMap(staleKeys))],
  )
  return new Map(rows.map((row) => [row.id, row]))
}

function staleKeys(row: Refreshed): string[] {
  const { id, detail, categoryPath, oldBrand, oldCategoryPath, oldSellerId } = row
  const scopes = [
    'all',
    ...[detail.seller.id, oldSellerId].map((seller) => seller && `seller:${seller}`),
    ...[detail.brand?.slug, oldBrand].map((brand) => brand && `brand:${brand}`),
    ...[...categoryPath, ...(oldCategoryPath ?? [])].map((category) => `category:${category}`),
  ]
  return [`product:${id}`, ...scopes.flatMap((scope) => (scope ? `list:${scope}:*` : []))]
}

// Locks categories, brands and sellers `for share`, categories in the order of `writeCategories`. A transaction that
// moves or renames one of them therefore either waits until these rows are visible, or makes this statement wait and
// read the new names.
function refreshRows(tx: Transaction, ids: readonly string[]): Promise<Refreshed[]> {
  return tx.all<Refreshed>(sql`
    with shelf as materialized (
      select slug, name, path from product.categories
      where slug in (
        select unnest(c.path) from product.products p join product.categories c on c.slug = p.category
        where p.id = any(${ids}::uuid[]))
      order by slug for share
    ), product as materialized (
      select p.*, c.path, s.slug as seller_slug, s.name as seller_name, s.is_open
      from product.products p
      join shelf c on c.slug = p.category
      join product.sellers s on s.id = p.seller_id
      where p.id = any(${ids}::uuid[])
      order by p.id
      for share of s
    ), brand as materialized (
      select slug, name from product.brands where slug in (select brand from product) order by slug for share
    ), variant as (
      select product_id, min(price) as price_from, max(price) as price_to, min(currency) as currency,
             jsonb_agg(jsonb_build_object(
               'sku', sku, 'price', price, 'compareAtPrice', compare_at_price, 'currency', currency,
               'options', options) order by position) as variants,
             array_to_string((array_agg(product.searchable(sku) order by position))[1:${MAX_SEARCHED_SKUS}], ' ') as skus
      from product.variants where product_id = any(${ids}::uuid[]) group by product_id
    ), made as materialized (
      select p.*, v.price_from,
             concat_ws(' ',
               product.searchable(p.name->>'ko'), product.searchable(p.name->>'en'),
               product.searchable(b.name->>'ko'), product.searchable(b.name->>'en'),
               product.searchable(p.seller_name->>'ko'), product.searchable(p.seller_name->>'en'),
               (select string_agg(concat_ws(' ', product.searchable(name->>'ko'), product.searchable(name->>'en')), ' ')
                from shelf where slug = any(p.path)),
               v.skus) as search_text,
             -- A category that moved during the wait for its lock may have new parents that shelf does not contain.
             case when p.path <@ (select array_agg(slug) from shelf) then 2 else 1 end as search_form,
             jsonb_build_object(
               'id', p.id, 'name', p.name, 'image', p.images->0, 'priceFrom', v.price_from, 'priceTo', v.price_to,
               'currency', v.currency, 'seller', jsonb_build_object('id', p.seller_id, 'name', p.seller_name),
               'brand', case when b.slug is not null then jsonb_build_object('slug', b.slug, 'name', b.name) end,
               'category', p.category,
               'createdAt', ${sql.time(sql`p.created_at`)}) as summary,
             jsonb_build_object(
               'id', p.id, 'key', p.key, 'state', p.state,
               'seller', jsonb_build_object('id', p.seller_id, 'slug', p.seller_slug, 'name', p.seller_name),
               'category', p.category,
               'brand', case when b.slug is not null then jsonb_build_object('slug', b.slug, 'name', b.name) end,
               'name', p.name, 'description', p.description, 'attributes', p.attributes, 'images', p.images,
               'options', p.options, 'variants', v.variants,
               'createdAt', ${sql.time(sql`p.created_at`)},
               'updatedAt', ${sql.time(sql`p.updated_at`)},
               'version', p.version) as detail
      from product p
      join variant v on v.product_id = p.id
      left join brand b on b.slug = p.brand
    ), details as (
      insert into product.details (product_id, detail)
      select id, detail from made
      on conflict (product_id) do update set detail = excluded.detail
    ), listings as (
      insert into product.listings
        (product_id, seller_id, state, brand, category_path, name, price_from, search_text, search_form, created_at, summary)
      select id, seller_id, ${listedState(sql`p.is_open`)}, brand, path, name->>'ko', price_from, search_text, search_form, created_at, summary from made p
      on conflict (product_id) do update set
        seller_id = excluded.seller_id, state = excluded.state, brand = excluded.brand,
        category_path = excluded.category_path, name = excluded.name, price_from = excluded.price_from,
        search_text = excluded.search_text, search_form = excluded.search_form, created_at = excluded.created_at, summary = excluded.summary
    )
    select m.id, m.detail, m.summary, m.path as "categoryPath", old.brand as "oldBrand",
           old.category_path as "oldCategoryPath", old.seller_id as "oldSellerId"
    from made m left join product.listings old on old.product_id = m.id`)
}

async function publishEvents(
  tx: Transaction,
  writes: readonly ProductWrite[],
  now: ReadonlyMap<string, Refreshed>,
): Promise<void> {
  const fresh = writes.map(({ id, sellerId, state, before, content }) => {
    const isPublic = state === 'on-sale'
    const known = new Set(isPublic && before?.state === 'draft' ? [] : before?.content.variants.map(({ sku }) => sku))
    const skus = content.variants.flatMap(({ sku }) => (known.has(sku) ? [] : sku))
    return { productId: id, sellerId, skus, isPublic }
  })
  await publishAll(
    tx,
    variantsListed,
    fresh.filter(({ skus }) => skus.length > 0),
  )
  for (const event of [productListed, productChanged, productStateChanged]) {
    const affected = writes.filter(({ before, state }) => eventOf(before?.state, state) === event)
    await publishAll(
      tx,
      event,
      affected.map(({ id }) => eventDataOf(now.get(id) as Refreshed)),
    )
  }
}

/** Drafts, and changes of products that are not on sale, have no event. */
function eventOf(before: State | undefined, now: State) {
  if (now === 'on-sale') return before === 'on-sale' ? productChanged : productListed
  return before === 'on-sale' ? productStateChanged : undefined
}

function eventDataOf({ detail, summary, categoryPath }: Refreshed): ProductNews {
  const { state, description, attributes, options, variants, version } = detail
  const skus = variants.map(({ sku }) => sku)
  return { ...summary, state, description, attributes, options, skus, categoryPath, version }
}

/** Rebuilds the read models of at most `limit` products with an outdated search text. Returns their number. */
export async function renewOutdatedSearchTexts(tx: Transaction, limit: number): Promise<number> {
  // Skip locked products: the transaction that writes one also rebuilds its text.
  const due = await tx.all<{ id: string }>(sql`
    select id from product.products
    where id in (select product_id from product.listings where search_form = 1 limit ${limit})
    order by id for no key update skip locked`)
  // The cache stays valid, because lists and pages do not show the search text.
  if (due.length > 0) {
    await refreshRows(
      tx,
      due.map(({ id }) => id),
    )
  }
  return due.length
}
