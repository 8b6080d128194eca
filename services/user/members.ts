/** Members: users as the community sees them. They are cached, because every list of articles reads them. */
import { type Cache, type Context, type Queryable, sql, type Transaction } from '@doran/kernel'
import type { Member } from './contract.ts'
import { memberNotFound } from './errors.ts'
import { nameKey } from './names.ts'

const columns = sql`id as "userId", username, bio, image`

export async function cachedMembers(ctx: Context, userIds: readonly string[]): Promise<Member[]> {
  const keys = userIds.map(byId)
  const found = await ctx.cache.getAll(keys, async (missing) => {
    const rows = await findMembers(ctx.db, missing.map(idOf))
    return new Map(rows.map((member) => [byId(member.userId), member]))
  })
  return [...found.values()]
}

export async function cachedMembersByName(ctx: Context, usernames: readonly string[]): Promise<Member[]> {
  const found = await ctx.cache.getAll(usernames.map(byName), async (missing) => {
    const names = missing.map((key) => key.slice('name:'.length))
    const rows = await findMembersByKey(ctx.db, names)
    return new Map(rows.map((member) => [byName(member.username), member]))
  })
  return [...found.values()]
}

export async function cachedMemberByName(ctx: Context, username: string): Promise<Member> {
  const [member] = await cachedMembersByName(ctx, [username])
  if (!member) throw memberNotFound()
  return member
}

export function presentMember({ id, username, bio, image }: Omit<Member, 'userId'> & { id: string }): Member {
  return { userId: id, username, bio, image }
}

/** Invalidates the cached member. Call it in the transaction that changes the member. */
export async function invalidateMember(
  tx: Transaction,
  cache: Cache,
  before: { id: string; username: string },
  after: { username: string },
): Promise<void> {
  await cache.invalidate(tx, [byId(before.id), byName(before.username), byName(after.username)])
}

function findMembers(db: Queryable, userIds: readonly string[]): Promise<Member[]> {
  return db.all<Member>(sql`select ${columns} from "user".profiles where id = any(${userIds}::uuid[])`)
}

function findMembersByKey(db: Queryable, keys: readonly string[]): Promise<Member[]> {
  return db.all<Member>(sql`
    select ${columns} from "user".profiles where username_key = any(${keys}::text[]) and status <> 'withdrawn'`)
}

function byId(userId: string): string {
  return `member:${userId}`
}

function idOf(key: string): string {
  return key.slice('member:'.length)
}

function byName(username: string): string {
  return `name:${nameKey(username)}`
}
