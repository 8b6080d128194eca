/** What a service may ask of the events that it has published. */
import type { Event } from '../contract/contract.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { due, PSEUDONYMISING, RELAY } from '../tasks/tasks.ts'

/** Names of the services that listen to an event of this service, wherever they run. */
export async function subscribersOf(db: Queryable, { name }: Event): Promise<string[]> {
  const rows = await db.all<{ handler: string }>(sql`
    select handler from doran.subscriptions where event = ${name} order by handler`)
  const services = rows.map(({ handler }) => handler.replace(RELAY, '').split('/')[0] as string)
  return [...new Set(services)]
}

/** What {@link pseudonymise} replaces. */
export interface Pseudonyms {
  /** Name of the events. */
  readonly name: string
  /** Members of the data by which an event is about somebody. */
  readonly about: Readonly<Record<string, string>>
  readonly fields: Readonly<Record<string, string>>
}

/**
 * Replaces fields of the events that are about something, such as `{ userId }`, also in deliveries that have not come to
 * their end. Databases of subscribers follow when they can be reached. It reads all events that are kept, so call it where
 * nobody waits.
 */
export async function pseudonymise(
  tx: Transaction,
  { name }: Event,
  about: Pseudonyms['about'],
  fields: Pseudonyms['fields'],
): Promise<void> {
  const pseudonyms: Pseudonyms = { name, about, fields }
  await tx.run(sql`
    update doran.events set data = data || ${sql.json(fields)}::jsonb
    where name = ${name} and data @> ${sql.json(about)}::jsonb`)
  await pseudonymiseDeliveries(tx, pseudonyms)
  await tx.run(sql`
    insert into doran.tasks (handler, payload, trace)
    select distinct ${RELAY} || split_part(handler, '/', 2) || ${PSEUDONYMISING}, ${sql.json(pseudonyms)}::jsonb, ${tx.trace}
    from doran.subscriptions where event = ${name} and starts_with(handler, ${RELAY}) ${due(RELAY)}`)
}

/** The same for what this database has still to deliver. */
export async function pseudonymiseDeliveries(db: Queryable, { name, about, fields }: Pseudonyms): Promise<void> {
  await db.run(sql`
    update doran.tasks set payload = jsonb_set(payload, '{data}', (payload -> 'data') || ${sql.json(fields)}::jsonb)
    where payload ->> 'name' = ${name} and payload -> 'data' @> ${sql.json(about)}::jsonb`)
}
