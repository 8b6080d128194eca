/** Profiles: who a user is to others, and whether they may take part. */
import { publish, type Queryable, sql, type Transaction } from '@doran/kernel'
import {
  type Profile,
  type PublicProfile,
  type UserStatus,
  type UserSummary,
  userStatusChanged,
  userUpdated,
} from './contract.ts'
import { userNotFound, userWithdrawn } from './errors.ts'

export interface ProfileRow extends Profile {
  version: number
}

export interface NewProfile {
  userId: string
  email: string
  name: string
  locale: Profile['locale']
}

export interface ProfileChange {
  name?: string
  phone?: string | null
  locale?: Profile['locale']
}

const columns = sql`
  id, email, name, phone, locale, status, version, created_at as "createdAt", updated_at as "updatedAt"`

/** Whether it was entered now; false when the user was there before. */
export async function insertProfile(tx: Transaction, { userId, email, name, locale }: NewProfile): Promise<boolean> {
  const rows = await tx.run(sql`
    insert into "user".profiles (id, email, name, locale) values (${userId}, ${email}, ${name}, ${locale})
    on conflict (id) do nothing`)
  return rows === 1
}

export async function getProfile(db: Queryable, userId: string): Promise<ProfileRow> {
  const row = await db.first<ProfileRow>(sql`select ${columns} from "user".profiles where id = ${userId}`)
  if (!row) throw userNotFound()
  return row
}

/** The profile, which nobody else changes until the transaction ends. */
export async function lockProfile(tx: Transaction, userId: string): Promise<ProfileRow> {
  const row = await tx.first<ProfileRow>(sql`select ${columns} from "user".profiles where id = ${userId} for update`)
  if (!row) throw userNotFound()
  return row
}

export async function getPublicProfile(db: Queryable, userId: string): Promise<PublicProfile> {
  const row = await db.first<PublicProfile>(sql`
    select id, name from "user".profiles where id = ${userId} and status <> 'withdrawn'`)
  if (!row) throw userNotFound()
  return row
}

export function listSummaries(db: Queryable, userIds: readonly string[]): Promise<UserSummary[]> {
  return db.all<UserSummary>(sql`
    select id, email, name, locale, status from "user".profiles where id = any(${userIds}::uuid[])`)
}

/** Writes what differs and publishes it; does nothing when nothing does. */
export async function changeProfile(tx: Transaction, before: ProfileRow, change: ProfileChange): Promise<ProfileRow> {
  if (before.status === 'withdrawn') throw userWithdrawn()
  const after = { name: before.name, phone: before.phone, locale: before.locale, ...change }
  const changed = (['name', 'phone', 'locale'] as const).filter((field) => after[field] !== before[field])
  if (changed.length === 0) return before
  const row = await tx.one<ProfileRow>(sql`
    update "user".profiles set
      name = ${after.name}, phone = ${after.phone}, locale = ${after.locale}, version = version + 1, updated_at = now()
    where id = ${before.id}
    returning ${columns}`)
  const { id: userId, version, name, locale } = row
  await publish(tx, userUpdated, { userId, version, name, locale, changed })
  return row
}

/** Writes the status and publishes it; does nothing when it is so already. */
export async function changeStatusOf(tx: Transaction, before: ProfileRow, status: UserStatus): Promise<ProfileRow> {
  if (before.status === status) return before
  if (before.status === 'withdrawn') throw userWithdrawn()
  const row = await tx.one<ProfileRow>(sql`
    update "user".profiles set status = ${status}, version = version + 1, updated_at = now()
    where id = ${before.id}
    returning ${columns}`)
  await publish(tx, userStatusChanged, { userId: row.id, version: row.version, status, previous: before.status })
  return row
}

export function presentProfile({ version: _version, ...profile }: ProfileRow): Profile {
  return profile
}
