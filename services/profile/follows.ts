/** Follows between members. They are never cached, so a reader sees a new follow at the next request. */
import { publish, type Queryable, sql, type Transaction } from '@doran/kernel'
import { memberFollowed, memberUnfollowed } from './contract.ts'
import { tooManyFollows } from './errors.ts'

export const MAX_FOLLOWED = 5_000

interface Pair {
  followerId: string
  followedId: string
}

/** The subset of these users whom the follower follows. */
export async function findFollowed(
  db: Queryable,
  followerId: string,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.all<{ id: string }>(sql`
    select followed_id as id from profile.follows
    where follower_id = ${followerId} and followed_id = any(${userIds}::uuid[])`)
  return new Set(rows.map(({ id }) => id))
}

export async function listFollowedBy(db: Queryable, followerId: string): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    select followed_id as id from profile.follows where follower_id = ${followerId}`)
  return rows.map(({ id }) => id)
}

/** Inserts and publishes a follow; does nothing if it exists. Throws `too_many_follows`. */
export async function follow(tx: Transaction, { followerId, followedId }: Pair): Promise<void> {
  // Serialises the changes of one follower, so that each counts the follows of the ones before.
  await tx.later(sql`select pg_advisory_xact_lock(hashtextextended('profile.follows ' || ${followerId}, 0))`)
  const entered = await tx.first<{ version: number }>(sql`
    insert into profile.follows (follower_id, followed_id)
    select ${followerId}, ${followedId}
    where (select count(*) from profile.follows where follower_id = ${followerId}) < ${MAX_FOLLOWED}
    on conflict do nothing
    returning nextval('profile.follow_changes') as version`)
  if (entered) return publish(tx, memberFollowed, { followerId, followedId, version: entered.version })
  const followed = await findFollowed(tx, followerId, [followedId])
  if (followed.size === 0) throw tooManyFollows({ limit: MAX_FOLLOWED })
}

/** Deletes a follow and publishes that; does nothing if there is none. */
export async function unfollow(tx: Transaction, { followerId, followedId }: Pair): Promise<void> {
  const removed = await tx.first<{ version: number }>(sql`
    delete from profile.follows where follower_id = ${followerId} and followed_id = ${followedId}
    returning nextval('profile.follow_changes') as version`)
  if (removed) await publish(tx, memberUnfollowed, { followerId, followedId, version: removed.version })
}

export async function insertFollows(db: Queryable, pairs: readonly Pair[]): Promise<void> {
  await db.run(sql`
    insert into profile.follows (follower_id, followed_id)
    select * from unnest(${pairs.map((pair) => pair.followerId)}::uuid[], ${pairs.map((pair) => pair.followedId)}::uuid[])
    on conflict do nothing`)
}

/** Deletes all follows of and by the user. */
export async function removeFollowsOf(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`delete from profile.follows where follower_id = ${userId} or followed_id = ${userId}`)
}
