/** What a service may ask of the events that it has published. */
import type { Event } from '../contract.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { RELAY } from './tasks.ts'

/** Names of the services that listen to an event of this service, wherever they run. */
export async function subscribersOf(db: Queryable, { name }: Event): Promise<string[]> {
  const rows = await db.all<{ handler: string }>(sql`
    select handler from doran.subscriptions where event = ${name} order by handler`)
  const services = rows.map(({ handler }) => handler.replace(RELAY, '').split('/')[0] as string)
  return [...new Set(services)]
}

/**
 * Replaces fields of the events that are about something, such as `{ userId }`, also in deliveries that have not come to
 * their end. It reads all events that are kept, so call it where nobody waits.
 */
export async function pseudonymise(
  tx: Transaction,
  { name }: Event,
  about: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  const [subject, replaced] = [sql.json(about), sql.json(fields)]
  await tx.run(sql`
    update doran.events set data = data || ${replaced}::jsonb where name = ${name} and data @> ${subject}::jsonb`)
  await tx.run(sql`
    update doran.tasks set payload = jsonb_set(payload, '{data}', (payload -> 'data') || ${replaced}::jsonb)
    where payload ->> 'name' = ${name} and payload -> 'data' @> ${subject}::jsonb`)
}
