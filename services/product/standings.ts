/**
 * Whether a shop is open. Its products keep their own state while it is closed, so reopening it restores everything.
 */
import { type Cache, publish, type Queryable, sql, type Transaction } from '@doran/kernel'
import { shopStandingChanged } from './contract.ts'

/** Stores a user's status, unless a newer version is known. */
export async function recordStatus(
  tx: Transaction,
  { userId, version, status }: { userId: string; version: number; status: string },
): Promise<void> {
  await tx.run(sql`
    insert into product.standings as s (seller_id, status, status_version) values (${userId}, ${status}, ${version})
    on conflict (seller_id) do update set status = excluded.status, status_version = excluded.status_version
      where s.status_version < excluded.status_version`)
}

/** Stores whether an account holds the seller role, unless a newer version is known. */
export async function recordRole(
  tx: Transaction,
  { userId, version, hasRole }: { userId: string; version: number; hasRole: boolean },
): Promise<void> {
  await tx.run(sql`
    insert into product.standings as s (seller_id, has_role, role_version) values (${userId}, ${hasRole}, ${version})
    on conflict (seller_id) do update set has_role = excluded.has_role, role_version = excluded.role_version
      where s.role_version < excluded.role_version`)
}

interface Standing {
  sellerId: string
  status: string
  statusVersion: number
}

/** The known standings of users with a shop, in ascending order of their ids. */
export function findStandings(db: Queryable, after: string | undefined, limit: number): Promise<Standing[]> {
  return db.all<Standing>(sql`
    select t.seller_id as "sellerId", t.status, t.status_version as "statusVersion"
    from product.standings t join product.sellers s on s.id = t.seller_id
    ${after === undefined ? sql.empty : sql`where t.seller_id > ${after}`} order by t.seller_id limit ${limit}`)
}

/** Stores a status that was looked up, unless an event has changed it since the look-up. */
export async function recordFoundStatus(
  tx: Transaction,
  { sellerId, statusVersion }: Standing,
  status: string,
): Promise<void> {
  await tx.run(sql`
    update product.standings set status = ${status} where seller_id = ${sellerId} and status_version = ${statusVersion}`)
}

/** Opens or closes the user's shop according to its standing. Does nothing for users without a shop. */
export async function applyStanding(tx: Transaction, cache: Cache, sellerId: string): Promise<void> {
  const changed = await tx.first<{ isOpen: boolean; version: number }>(sql`
    update product.sellers s set is_open = t.is_open, version = s.version + 1, updated_at = now()
    from product.standings t
    where t.seller_id = s.id and s.id = ${sellerId} and s.is_open <> t.is_open
    returning s.is_open as "isOpen", s.version`)
  if (!changed) return
  await tx.run(sql`
    update product.listings l set state = ${listedState(sql`${changed.isOpen}`)}
    from product.products p
    where p.id = l.product_id and l.seller_id = ${sellerId} and p.state = 'on-sale'`)
  await cache.invalidate(tx, ['list:*', 'product:*'])
  await publish(tx, shopStandingChanged, { sellerId, ...changed })
}

/** The state of a product `p` in its listing. No list shows listings that are `closed`. */
export function listedState(isOpen: ReturnType<typeof sql>) {
  return sql`case when p.state = 'on-sale' and not ${isOpen} then 'closed' else p.state end`
}
