/**
 * Doran always has an administrator who can sign in. Roles are given and taken by auth, the status is changed here; whoever
 * would take either from an administrator asks here first, and all of them follow one another at one lock.
 */
import { type Queryable, sql, type Transaction } from '@doran/kernel'
import { lastAdministrator } from './errors.ts'

/** Counts a user as an administrator. Told after the role has been given. */
export async function insertAdministrator(db: Queryable, userId: string): Promise<void> {
  await db.run(sql`
    insert into "user".administrators (user_id) select id from "user".profiles where id = ${userId}
    on conflict do nothing`)
}

/** Counts a user as an administrator no longer. Told before the role is taken. Refused with `last_administrator`. */
export async function deleteAdministrator(tx: Transaction, userId: string): Promise<void> {
  await assertNotLastAdministrator(tx, userId)
  await tx.run(sql`delete from "user".administrators where user_id = ${userId}`)
}

/** Throws `last_administrator` when nobody else could administrate. Until the transaction ends nobody else becomes the last. */
export async function assertNotLastAdministrator(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`lock table "user".administrators in share row exclusive mode`)
  const { isOne, others } = await tx.one<{ isOne: boolean; others: number }>(sql`
    select coalesce(bool_or(p.id = ${userId}), false) as "isOne", count(*) filter (where p.id <> ${userId})::integer as others
    from "user".administrators a join "user".profiles p on p.id = a.user_id
    where p.status = 'active'`)
  if (isOne && others === 0) throw lastAdministrator()
}
