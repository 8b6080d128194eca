/** Revocations: access tokens that have not expired stop counting in every process. */
import { type Channel, type Queryable, sql, type Transaction } from '@doran/kernel'
import { LONGEST_TOKEN_LIFE, REVOCATION_TOPIC, type Revocation } from '@doran/kernel/identity'

/**
 * Revokes what was issued to a user (`user:<id>`) or in a session (`session:<id>`) so far, and tells everyone at
 * the commit. The row that grants of tokens read under a lock, account or session, must be locked: then every
 * token is either older than this moment or was granted in the knowledge of the change.
 */
export async function revoke(tx: Transaction, channel: Channel, subject: string): Promise<void> {
  const revocation = await tx.one<Revocation>(sql`
    insert into auth.revocations as r (subject, issued_until) values (${subject}, clock_timestamp())
    on conflict (subject) do update set issued_until = greatest(r.issued_until, excluded.issued_until)
    returning subject, extract(epoch from issued_until)::float8 as "issuedUntil"`)
  await channel.publish(tx, REVOCATION_TOPIC, revocation)
}

/** What tokens in use may have to be held against, if it is newer than `since` (seconds since the epoch); oldest first. */
export function listRevocations(db: Queryable, since = 0): Promise<Revocation[]> {
  return db.all<Revocation>(sql`
    select subject, extract(epoch from issued_until)::float8 as "issuedUntil" from auth.revocations
    where issued_until > greatest(
      now() - make_interval(secs => ${LONGEST_TOKEN_LIFE}) - interval '5 minutes', to_timestamp(${since}::float8))
    order by issued_until`)
}
