/** Profiles: the public side of a user and the status. */
import { brokenConstraint, type Cache, publish, type Queryable, sql, type Transaction } from '@doran/kernel'
import { deleteAllAddresses } from './addresses.ts'
import {
  type Profile,
  type PublicProfile,
  type UserStatus,
  type UserSummary,
  userStatusChanged,
  userUpdated,
  userWithdrawn,
} from './contract.ts'
import { alreadyWithdrawn, userNotFound, usernameTaken } from './errors.ts'
import { invalidateMember } from './members.ts'
import { assertNotReserved, generatedName, nameKey, normaliseName, skeleton } from './names.ts'

export interface ProfileRow extends Profile {
  version: number
}

export interface NewProfile {
  userId: string
  email: string
  name: string
  username: string | undefined
  locale: Profile['locale']
}

const CHANGEABLE_FIELDS = ['name', 'phone', 'locale', 'email', 'username', 'bio', 'image'] as const
/** Fields that are absent or undefined stay as they are. */
export type ProfileChange = { [Field in (typeof CHANGEABLE_FIELDS)[number]]?: Profile[Field] | undefined }

const columns = sql`
  id, email, name, username, bio, image, phone, locale, status, version, created_at as "createdAt",
  updated_at as "updatedAt"`

/**
 * Returns whether it inserted the profile: false if the user exists already, or if somebody else has a name that looks
 * the same. Throws `username_reserved`.
 */
export async function insertProfile(tx: Transaction, profile: NewProfile): Promise<boolean> {
  const { userId, email, name, locale } = profile
  if (profile.username !== undefined) assertNotReserved(profile.username)
  const username = profile.username === undefined ? generatedName('member') : normaliseName(profile.username)
  // Names no conflict target: concurrent calls for one user may conflict on the id or on the name, whichever index
  // PostgreSQL checks first.
  const rows = await tx.run(sql`
    insert into "user".profiles (id, email, name, username, username_key, username_skeleton, locale)
    values (${userId}, ${email}, ${normaliseName(name)}, ${username}, ${nameKey(username)}, ${skeleton(username)}, ${locale})
    on conflict do nothing`)
  return rows === 1
}

function refuseTakenName(error: unknown): never {
  throw ['profiles_username', 'profiles_skeleton'].includes(brokenConstraint(error) ?? '') ? usernameTaken() : error
}

export function findProfile(db: Queryable, userId: string): Promise<ProfileRow | undefined> {
  return db.first<ProfileRow>(sql`select ${columns} from "user".profiles where id = ${userId}`)
}

export async function getProfile(db: Queryable, userId: string): Promise<ProfileRow> {
  const row = await findProfile(db, userId)
  if (!row) throw userNotFound()
  return row
}

/** Locks the profile until the transaction ends. Throws `user_not_found`. */
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

/**
 * Writes and publishes the fields that differ; does nothing if none does. Throws `user_withdrawn`, `username_reserved`
 * and
 * `username_taken`.
 */
export async function changeProfile(
  tx: Transaction,
  cache: Cache,
  before: ProfileRow,
  change: ProfileChange,
): Promise<ProfileRow> {
  if (before.status === 'withdrawn') throw alreadyWithdrawn()
  const given = CHANGEABLE_FIELDS.filter((field) => change[field] !== undefined)
  const after: ProfileRow = { ...before, ...Object.fromEntries(given.map((field) => [field, change[field]])) }
  if (change.name !== undefined) after.name = normaliseName(change.name)
  if (change.username !== undefined) after.username = normaliseName(change.username)
  // RealWorld clients send "" to clear a field.
  after.bio ||= null
  after.image ||= null
  const changed = CHANGEABLE_FIELDS.filter((field) => after[field] !== before[field])
  if (changed.length === 0) return before
  const isRenamed = changed.includes('username')
  if (isRenamed) assertNotReserved(after.username)
  const row = await tx
    .one<ProfileRow>(sql`
      update "user".profiles set
        name = ${after.name}, phone = ${after.phone}, locale = ${after.locale}, email = ${after.email},
        username = ${after.username}, username_key = ${nameKey(after.username)}, bio = ${after.bio}, image = ${after.image},
        version = version + 1, updated_at = now()
        ${isRenamed ? sql`, username_skeleton = ${skeleton(after.username)}` : sql.empty}
      where id = ${before.id}
      returning ${columns}`)
    .catch(refuseTakenName)
  await invalidateMember(tx, cache, before, row)
  const { id: userId, version, name, username, locale } = row
  await publish(tx, userUpdated, { userId, version, name, username, locale, changed })
  return row
}

/**
 * Writes and publishes the status; does nothing if it is the current one. A withdrawal erases the profile except for a
 * random name, under which the user's texts remain. Throws `user_withdrawn`.
 */
export async function changeStatusOf(
  tx: Transaction,
  cache: Cache,
  before: ProfileRow,
  status: UserStatus,
): Promise<ProfileRow> {
  if (before.status === status) return before
  if (before.status === 'withdrawn') throw alreadyWithdrawn()
  const name = generatedName('withdrawn')
  const anonymous = sql`
    , name = ${name}, username = ${name}, username_key = ${name}, username_skeleton = ${name}, email = '', phone = null,
    bio = null, image = null`
  const row = await tx.one<ProfileRow>(sql`
    update "user".profiles set status = ${status}, version = version + 1, updated_at = now()
      ${status === 'withdrawn' ? anonymous : sql.empty}
    where id = ${before.id}
    returning ${columns}`)
  await invalidateMember(tx, cache, before, row)
  const { id: userId, version } = row
  await publish(tx, userStatusChanged, { userId, version, status, previous: before.status })
  if (status === 'withdrawn') {
    await deleteAllAddresses(tx, userId)
    await publish(tx, userWithdrawn, { userId, version })
  }
  return row
}

export function presentProfile({ version: _version, ...profile }: ProfileRow): Profile {
  return profile
}
