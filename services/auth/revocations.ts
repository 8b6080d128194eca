/** Revocations, which invalidate unexpired access tokens in every process. */
import { type Channel, type Queryable, sql, type Transaction } from '@doran/kernel'
import { LONGEST_TOKEN_LIFE, REVOCATION_TOPIC, type Revocation } from '@doran/kernel/identity'

/**
 * Revokes all tokens issued so far to a user (`user:<id>`) or in a session (`session:<id>`), and notifies every process
 * at the commit. The caller must hold the lock of the account or session row that grants of tokens lock, too: then
 * every token is either older than the revocation or reflects the change.
 */
export async function revoke(tx: Transaction, channel: Channel, subject: string): Promise<void> {
  const revocation = await tx.one<Revocation>(sql`
    insert into auth.revocations as r (subject, issued_until) values (${subject}, clock_timestamp())
    on conflict (subject) do update set issued_until = greatest(r.issued_until, excluded.issued_until)
    returning subject, extract(epoch from issued_until)::float8 as "issuedUntil"`)
  await channel.publish(tx, REVOCATION_TOPIC, revocation)
}

/** The revocations that may affect unexpired tokens, if newer than `since` (seconds since the epoch); oldest first. */
export function listRevocations(db: Queryable, since = 0): Promise<Revocation[]> {
  return db.all<Revocation>(sql`
    select subject, extract(epoch from issued_until)::float8 as "issuedUntil" from auth.revocations
    where issued_until > greatest(
      now() - make_interval(secs => ${LONGEST_TOKEN_LIFE}) - interval '5 minutes', to_timestamp(${since}::float8))
    order by issued_until`)
}
