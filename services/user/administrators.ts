/**
 * Ensures that Doran always has an active administrator. Roles change in `auth` and the status changes here. Before
 * either is taken from an administrator, this module checks that another active one exists; one lock serialises these
 * checks.
 */
import { type Queryable, sql, type Transaction } from '@doran/kernel'
import { lastAdministrator } from './errors.ts'

/** Counts a user as an administrator. Called after the role has been given. */
export async function insertAdministrator(db: Queryable, userId: string): Promise<void> {
  await db.run(sql`
    insert into "user".administrators (user_id) select id from "user".profiles where id = ${userId}
    on conflict do nothing`)
}

/** Stops counting a user as an administrator. Called before the role is taken. Throws `last_administrator`. */
export async function deleteAdministrator(tx: Transaction, userId: string): Promise<void> {
  await assertNotLastAdministrator(tx, userId)
  await tx.run(sql`delete from "user".administrators where user_id = ${userId}`)
}

/**
 * Throws `last_administrator` if no other administrator is active. The table lock keeps the result true until the
 * transaction ends.
 */
export async function assertNotLastAdministrator(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`lock table "user".administrators in share row exclusive mode`)
  const { isOne, others } = await tx.one<{ isOne: boolean; others: number }>(sql`
    select coalesce(bool_or(p.id = ${userId}), false) as "isOne", count(*) filter (where p.id <> ${userId})::integer as others
    from "user".administrators a join "user".profiles p on p.id = a.user_id
    where p.status = 'active'`)
  if (isOne && others === 0) throw lastAdministrator()
}
