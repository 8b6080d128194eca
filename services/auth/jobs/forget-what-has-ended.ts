import { type Context, job, sql } from '@doran/kernel'
import { LONGEST_TOKEN_LIFE } from '@doran/kernel/identity'

/** Deletes rows that no longer affect anything. Security events are kept for 400 days. */
export const forgetWhatHasEnded = job('forget-what-has-ended', { cron: '41 3 * * *', run: forget })

async function forget({ db }: Context<undefined>): Promise<void> {
  await db.run(sql`delete from auth.sessions where expires_at < now() or revoked_at < now() - interval '30 days'`)
  await db.run(sql`delete from auth.refresh_tokens where rotated_at < now() - interval '30 days'`)
  await db.run(sql`delete from auth.devices where last_used_at < now() - interval '400 days'`)
  await db.run(sql`delete from auth.attempts where last_at < now() - interval '1 day'`)
  await db.run(sql`
    delete from auth.revocations where issued_until < now() - make_interval(secs => ${2 * LONGEST_TOKEN_LIFE})`)
  await db.run(sql`delete from auth.audit where at < now() - interval '400 days'`)
}
