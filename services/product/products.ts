/** Products as sellers write them. Every write, of one product or thousands, goes through {@link writeProducts}. */
import { isDeepStrictEqual } from 'node:util'
import { type Actor, brokenConstraint, type Queryable, sql, type Transaction } from '@doran/kernel'
import type { Attribute, Image, Name, NewProduct, Option, Product, State, Variant } from './contract.ts'
import {
  brandUnknown,
  categoryUnknown,
  productKeyTaken,
  productNotFound,
  productNotYours,
  sellerUnknown,
  skuTaken,
} from './errors.ts'

/** All fields of a product that its seller writes, with defaults filled in. */
export interface Content {
  category: string
  brand: string | null
  name: Name
  description: Name
  attributes: Attribute[]
  images: Image[]
  options: Option[]
  variants: Variant[]
}

export interface StoredProduct {
  id: string
  sellerId: string
  key: string
  state: State
  version: number
  content: Content
}

/** A product to write, and its previous state; `before` is undefined for a new product. */
export interface ProductWrite {
  id: string
  sellerId: string
  key: string
  state: State
  createdAt?: string | undefined
  content: Content
  before: StoredProduct | undefined
}

/** Fills in the defaults of the content, trims its texts and unifies their line breaks. */
export function tidy(input: Omit<NewProduct, 'key' | 'state'>): Content {
  return {
    category: input.category,
    brand: input.brand ?? null,
    name: tidyName(input.name),
    description: { ko: tidyText(input.description?.ko ?? ''), en: tidyText(input.description?.en ?? '') },
    attributes: (input.attributes ?? []).map(({ name, value }) => ({ name: tidyName(name), value: tidyName(value) })),
    images: (input.images ?? []).map(({ url, alt }) => ({ url, alt: tidyName(alt) })),
    options: (input.options ?? []).map(({ name, values }) => ({
      name: tidyName(name),
      values: values.map((value) => ({ code: value.code, name: tidyName(value.name) })),
    })),
    variants: input.variants.map((variant) => ({
      sku: variant.sku,
      price: variant.price,
      compareAtPrice: variant.compareAtPrice ?? null,
      currency: 'KRW',
      options: variant.options ?? [],
    })),
  }
}

function tidyName({ ko, en }: Name): Name {
  return { ko: ko.trim(), en: en.trim() }
}

function tidyText(text: string): string {
  return text.replace(/\r\n?/g, '\n').trim()
}

/** The given key of the product, or its first SKU. */
export function keyOf({ variants }: Content, key = variants[0]?.sku ?? ''): string {
  return key.trim()
}

/** Whether the write would change anything. */
export function isChanged({ before, ...after }: ProductWrite): boolean {
  return (
    before === undefined ||
    before.key !== after.key ||
    before.sellerId !== after.sellerId ||
    before.state !== after.state ||
    !isDeepStrictEqual(before.content, after.content)
  )
}

/**
 * Locks the product until the transaction ends. Raises `product_not_yours` for another seller's product on sale, and
 * `product_not_found` for products that the actor may not see.
 */
export async function lockOwnProduct(tx: Transaction, id: string, actor: Actor): Promise<StoredProduct> {
  await tx.run(sql`select 1 from product.products where id = ${id} for update`)
  const [found] = await readProducts(tx, [id])
  if (!found) throw productNotFound()
  if (found.sellerId === actor.id || actor.roles.includes('admin')) return found
  throw found.state === 'on-sale' ? productNotYours() : productNotFound()
}

/** The product as its page shows it. The product must exist. */
export async function getDetail(db: Queryable, id: string): Promise<Product> {
  return (await db.one<{ detail: Product }>(sql`select detail from product.details where product_id = ${id}`)).detail
}

/** Finds existing products by id, or else by seller and key, and locks them until the transaction ends. */
export async function lockProducts(
  tx: Transaction,
  wanted: readonly { id?: string | undefined; sellerId: string; key: string }[],
): Promise<(product: { id?: string | undefined; sellerId: string; key: string }) => StoredProduct | undefined> {
  // A union of two index look-ups: joined by `or`, the conditions would scan the whole table.
  const locked = await tx.all<{ id: string }>(sql`
    select id from product.products
    where id in (
      select id from product.products where id = any(${wanted.flatMap(({ id }) => id ?? [])}::uuid[])
      union
      select p.id
      from unnest(${wanted.map(({ sellerId }) => sellerId)}::uuid[], ${wanted.map(({ key }) => key)}::text[])
        as w(seller_id, key)
      join product.products p on p.seller_id = w.seller_id and p.key = w.key
    )
    order by id for update`)
  const stored =
    locked.length === 0
      ? []
      : await readProducts(
          tx,
          locked.map(({ id }) => id),
        )
  const byId = new Map(stored.map((product) => [product.id, product]))
  const byKey = new Map(stored.map((product) => [`${product.sellerId} ${product.key}`, product]))
  return ({ id, sellerId, key }) => (id && byId.get(id)) || byKey.get(`${sellerId} ${key}`)
}

function readProducts(db: Queryable, ids: readonly string[]): Promise<StoredProduct[]> {
  return db.all<StoredProduct>(sql`
    select p.id, p.seller_id as "sellerId", p.key, p.state, p.version,
           jsonb_build_object(
             'category', p.category, 'brand', p.brand, 'name', p.name, 'description', p.description,
             'attributes', p.attributes, 'images', p.images, 'options', p.options,
             'variants', (
               select jsonb_agg(jsonb_build_object(
                 'sku', v.sku, 'price', v.price, 'compareAtPrice', v.compare_at_price, 'currency', v.currency,
                 'options', v.options) order by v.position)
               from product.variants v where v.product_id = p.id)) as content
    from product.products p where p.id = any(${ids}::uuid[])`)
}

/**
 * Writes products with their variants in a handful of statements, however many products there are. Raises
 * `seller_unknown`, `category_unknown`, `brand_unknown`, `product_key_taken` or `sku_taken`, and then writes nothing.
 */
export async function writeProducts(tx: Transaction, writes: readonly ProductWrite[]): Promise<void> {
  try {
    await writeRows(tx, writes)
  } catch (error) {
    throw explained(error, writes)
  }
  await removeVariants(tx, writes)
  await writeVariants(tx, writes)
}

async function writeRows(tx: Transaction, writes: readonly ProductWrite[]): Promise<void> {
  const rows = writes.map(({ id, sellerId, key, state, createdAt, content }) => ({
    ...content,
    variants: undefined,
    id,
    seller_id: sellerId,
    key,
    state,
    created_at: createdAt ?? null,
  }))
  await tx.run(sql`
    insert into product.products as p
      (id, seller_id, key, state, category, brand, name, description, attributes, images, options, created_at)
    select id, seller_id, key, state, category, brand, name, description, attributes, images, options,
           coalesce(created_at, now())
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as r(
      id uuid, seller_id uuid, key text, state text, category text, brand text, name jsonb, description jsonb,
      attributes jsonb, images jsonb, options jsonb, created_at timestamptz)
    order by id
    on conflict (id) do update set
      seller_id = excluded.seller_id, key = excluded.key, state = excluded.state, category = excluded.category,
      brand = excluded.brand, name = excluded.name, description = excluded.description,
      attributes = excluded.attributes, images = excluded.images, options = excluded.options,
      version = p.version + 1, updated_at = now()`)
}

function explained(error: unknown, writes: readonly ProductWrite[]): unknown {
  const detail = String((error as { detail?: unknown }).detail ?? '')
  const value = /=\((?:.*, )?(.*)\) (?:already exists|is not present)/.exec(detail)?.[1]
  switch (brokenConstraint(error)) {
    case 'products_seller_id_fkey':
      return sellerUnknown()
    case 'products_category_fkey':
      return categoryUnknown({ slug: value ?? writes[0]?.content.category })
    case 'products_brand_fkey':
      return brandUnknown({ slug: value ?? writes[0]?.content.brand })
    case 'products_seller_id_key_key':
      return productKeyTaken({ key: value ?? writes[0]?.key })
  }
  return error
}

async function removeVariants(tx: Transaction, writes: readonly ProductWrite[]): Promise<void> {
  const known = writes.filter(({ before }) => before !== undefined)
  if (known.length === 0) return
  const kept = known.flatMap(({ id, content }) => content.variants.map(({ sku }) => ({ product_id: id, sku })))
  await tx.run(sql`
    delete from product.variants v
    where v.product_id = any(${known.map(({ id }) => id)}::uuid[])
      and not exists (
        select 1 from jsonb_to_recordset(${sql.json(kept)}::jsonb) as k(product_id uuid, sku text)
        where k.sku = v.sku and k.product_id = v.product_id)`)
}

async function writeVariants(tx: Transaction, writes: readonly ProductWrite[]): Promise<void> {
  const rows = writes.flatMap(({ id, content }) =>
    content.variants.map((variant, position) => ({ ...variant, product_id: id, position })),
  )
  const twice = duplicates(rows.map(({ sku }) => sku))
  if (twice.length > 0) throw skuTaken({ skus: twice.join(', ') })
  await claimSkus(tx, writes)
  // Sorted by SKU, so that two writers of the same SKUs cannot deadlock. A SKU that belongs to another product is
  // neither inserted nor updated, so it is missing from the result.
  const written = await tx.all<{ sku: string }>(sql`
    insert into product.variants as v (sku, product_id, position, price, compare_at_price, currency, options)
    select sku, product_id, position, price, "compareAtPrice", currency, options
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as r(
      sku text, product_id uuid, position integer, price bigint, "compareAtPrice" bigint, currency text, options text[])
    order by sku
    on conflict (sku) do update set
      position = excluded.position, price = excluded.price, compare_at_price = excluded.compare_at_price,
      currency = excluded.currency, options = excluded.options
    where v.product_id = excluded.product_id
    returning v.sku`)
  assertOurs(rows, written)
}

/**
 * A SKU that was ever on sale stays with its seller, because stock and past orders refer to it. Before that, it belongs
 * to the seller only while a variant has it.
 */
async function claimSkus(tx: Transaction, writes: readonly ProductWrite[]): Promise<void> {
  const rows = writes.flatMap(({ sellerId, state, content }) =>
    content.variants.map(({ sku }) => ({ sku, seller_id: sellerId, was_on_sale: state === 'on-sale' })),
  )
  await tx.run(sql`
    insert into product.skus as s (sku, seller_id, was_on_sale)
    select sku, seller_id, was_on_sale
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as r(sku text, seller_id uuid, was_on_sale boolean)
    order by sku
    on conflict (sku) do update set seller_id = excluded.seller_id, was_on_sale = excluded.was_on_sale
      where not s.was_on_sale and (
        (s.seller_id = excluded.seller_id and excluded.was_on_sale)
        or (s.seller_id <> excluded.seller_id and not exists (select 1 from product.variants v where v.sku = s.sku)))`)
  const claimed = await tx.all<{ sku: string }>(sql`
    select s.sku
    from jsonb_to_recordset(${sql.json(rows)}::jsonb) as r(sku text, seller_id uuid)
    join product.skus s on s.sku = r.sku and s.seller_id = r.seller_id`)
  assertOurs(rows, claimed)
}

function assertOurs(wanted: readonly { sku: string }[], got: readonly { sku: string }[]): void {
  if (got.length === wanted.length) return
  const ours = new Set(got.map(({ sku }) => sku))
  const taken = wanted.flatMap(({ sku }) => (ours.has(sku) ? [] : sku))
  throw skuTaken({ skus: taken.slice(0, 20).join(', ') })
}

export function duplicates(values: readonly string[]): string[] {
  const seen = new Set<string>()
  return [...new Set(values.filter((value) => seen.size === seen.add(value).size))]
}

export interface SkuOwner {
  sku: string
  sellerId: string
  /** Null when no product has the SKU any more. */
  productId: string | null
}

/** The owners of the SKUs. Omits SKUs that anyone may use. */
export function findSkuOwners(db: Queryable, skus: readonly string[]): Promise<SkuOwner[]> {
  return db.all<SkuOwner>(sql`
    select s.sku, s.seller_id as "sellerId", v.product_id as "productId"
    from product.skus s left join product.variants v on v.sku = s.sku
    where s.sku = any(${skus}::text[]) and (s.was_on_sale or v.sku is not null)`)
}
