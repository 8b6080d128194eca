/** What a service can do with the events that it has published. */
import type { Event } from '../contract/contract.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { due, PSEUDONYMISING, RELAY } from '../tasks/tasks.ts'

/** Names of the services that subscribe to an event of this service, in any database. */
export async function subscribersOf(db: Queryable, { name }: Event): Promise<string[]> {
  const rows = await db.all<{ handler: string }>(sql`
    select handler from doran.subscriptions where event = ${name} order by handler`)
  const services = rows.map(({ handler }) => handler.replace(RELAY, '').split('/')[0] as string)
  return [...new Set(services)]
}

/** The replacement that {@link pseudonymise} makes. */
export interface Pseudonyms {
  /** Name of the events. */
  readonly name: string
  /** Members that the data of an affected event has, such as `{ userId }`. */
  readonly about: Readonly<Record<string, string>>
  /** Members to replace, with their new values. */
  readonly fields: Readonly<Record<string, string>>
}

/**
 * Replaces fields in all events whose data contains `about`, such as `{ userId }`, and in deliveries that are not
 * finished. A relay does the same in the databases of subscribers as soon as they can be reached. This scans all stored
 * events, so call it where nobody waits for the answer.
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

/** {@link pseudonymise} for the deliveries that this database has not finished. */
export async function pseudonymiseDeliveries(db: Queryable, { name, about, fields }: Pseudonyms): Promise<void> {
  await db.run(sql`
    update doran.tasks set payload = jsonb_set(payload, '{data}', (payload -> 'data') || ${sql.json(fields)}::jsonb)
    where payload ->> 'name' = ${name} and payload -> 'data' @> ${sql.json(about)}::jsonb`)
}
