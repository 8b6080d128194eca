import { type Actor, brokenConstraint, type Queryable, sql, type Transaction } from '@doran/kernel'
import type { Brand, Seller } from './contract.ts'
import { shopNotYours, slugTaken } from './errors.ts'

/** The shop for which the actor acts: their own, or the one that an administrator names. Raises `shop_not_yours`. */
export function shopOf(sellerId: string | undefined, actor: Actor): string {
  if (sellerId === undefined || sellerId === actor.id) return actor.id
  if (!actor.roles.includes('admin')) throw shopNotYours()
  return sellerId
}

export function findSeller(db: Queryable, id: string): Promise<Seller | undefined> {
  return db.first<Seller>(sql`select id, slug, name, about from product.sellers where id = ${id}`)
}

/** Writes the given shops and returns the ids of those that changed. Raises `slug_taken`. */
export async function writeSellers(tx: Transaction, sellers: readonly Seller[]): Promise<string[]> {
  // Inserting the standing first serialises this with concurrent changes of the same seller's standing.
  await tx.run(sql`
    insert into product.standings (seller_id)
    select id from unnest(${sellers.map(({ id }) => id)}::uuid[]) as s (id) order by id
    on conflict do nothing`)
  try {
    const changed = await tx.all<{ id: string }>(sql`
      insert into product.sellers as s (id, slug, name, about, is_open)
      select r.id, r.slug, r.name, r.about, t.is_open
      from jsonb_to_recordset(${sql.json(sellers)}::jsonb) as r(id uuid, slug text, name jsonb, about jsonb)
      join product.standings t on t.seller_id = r.id
      order by r.id
      on conflict (id) do update set
        slug = excluded.slug, name = excluded.name, about = excluded.about, version = s.version + 1, updated_at = now()
      where (s.slug, s.name, s.about) is distinct from (excluded.slug, excluded.name, excluded.about)
      returning id`)
    return changed.map(({ id }) => id)
  } catch (error) {
    if (brokenConstraint(error) !== 'sellers_slug_key') throw error
    throw slugTaken({ slug: /\)=\((.*)\)/.exec(String((error as { detail?: string }).detail))?.[1] })
  }
}

/** Writes the given brands and returns the slugs of those that are new or renamed. */
export async function writeBrands(tx: Transaction, brands: readonly Brand[]): Promise<string[]> {
  const changed = await tx.all<{ slug: string }>(sql`
    insert into product.brands as b (slug, name)
    select slug, name from jsonb_to_recordset(${sql.json(brands)}::jsonb) as r(slug text, name jsonb)
    order by slug
    on conflict (slug) do update set name = excluded.name where b.name is distinct from excluded.name
    returning slug`)
  return changed.map(({ slug }) => slug)
}

export async function findProductsOf(
  db: Queryable,
  sellers: readonly string[],
  brands: readonly string[],
): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    select id from product.products
    where seller_id = any(${sellers}::uuid[]) or brand = any(${brands}::text[]) order by id`)
  return rows.map(({ id }) => id)
}
