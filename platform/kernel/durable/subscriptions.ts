/**
 * The life of subscriptions. A service enters its own set when it starts, and ends those that it no longer has once no
 * process of an earlier version has them either: each process holds a lock for each of its subscriptions, for as long as
 * its listener is connected. What the database of a publisher knows of a subscriber elsewhere is entered and ended by calls.
 */
import { setTimeout } from 'node:timers/promises'
import type { Queryable } from '../database/database.ts'
import { unheld } from '../database/listener.ts'
import { sql } from '../database/sql.ts'
import type { EventLane, Service, Subscription } from '../service/service.ts'
import { relayContract } from './relay-contract.ts'
import type { DatabaseOfProcess, Wiring } from './wiring.ts'

const RETRY_PAUSE_MS = 1_000

/** Name of the handler that is given the events of a subscription. */
export function handlerNameOf({ contract }: Service, { event }: Subscription): string {
  return `${contract.name}/on:${event.name}`
}

/** Names a database among all servers. */
export async function databaseIdOf(db: Queryable): Promise<string> {
  const { id } = await db.one<{ id: string }>(sql`
    select (select system_identifier from pg_control_system()) || '/' ||
           (select oid from pg_database where datname = current_database()) as id`)
  return id
}

function handlersOf(service: Service): string[] {
  return service.subscriptions.map((subscription) => handlerNameOf(service, subscription))
}

/** Enters the subscriptions of a service into its own database. Nothing needs to be handed on to where it is already. */
export async function enterSubscriptions(service: Service, { pool, listener }: DatabaseOfProcess): Promise<void> {
  const { subscriptions, contract } = service
  const handlers = handlersOf(service)
  await listener.hold(handlers)
  await pool.at(0).run(sql`
    with apart as (
      delete from doran.subscriptions where starts_with(handler, ${`relay/${contract.name}/on:`})
    )
    insert into doran.subscriptions (event, handler, lane)
    select * from unnest(${subscriptions.map(({ event }) => event.name)}::text[], ${handlers}::text[],
                         ${subscriptions.map(({ lane = 'events' }) => lane)}::text[])
    on conflict (event, handler) do update set lane = excluded.lane where subscriptions.lane <> excluded.lane`)
}

/**
 * Tells the publishers that may live in another database where their subscribers are; in the same database they find
 * them there. Publishers of this process (`here`) are told at once; others as soon as they answer, or until `stopped`.
 */
export async function subscribeElsewhere(
  wiring: Wiring,
  { here, stopped }: { here: boolean; stopped?: AbortSignal },
): Promise<void> {
  const told = wiring.databases.flatMap((database) =>
    database.services.map(async (service) => {
      const elsewhere = service.subscriptions.filter(({ event }) => {
        const publisher = publisherOf(event)
        return !isIn(database, publisher) && wiring.hosted.has(publisher) === here
      })
      const entered = elsewhere.map((subscription) =>
        untilDone(stopped, () => enterAtPublisher(service, subscription, database, wiring)),
      )
      await Promise.all([...entered, endSubscriptions(service, database, wiring, { here, stopped })])
    }),
  )
  await Promise.all(told)
}

async function enterAtPublisher(
  service: Service,
  subscription: Subscription,
  { pool }: DatabaseOfProcess,
  wiring: Wiring,
): Promise<void> {
  const { event, lane = 'events' } = subscription
  const handler = handlerNameOf(service, subscription)
  const database = await databaseIdOf(pool.at(0))
  await publisherClient(wiring, publisherOf(event))['doran.subscribe']({ event: event.name, handler, lane, database })
}

/** A subscriber that lives in another database: what waits for it here, from when it lived here, is handed on to it. */
export async function enterSubscriberElsewhere(
  db: Queryable,
  { event, handler, lane }: { event: string; handler: string; lane: EventLane },
): Promise<void> {
  await db.run(sql`
    with here as (
      delete from doran.subscriptions where handler = ${handler}
    ), waiting as (
      update doran.tasks t set handler = 'relay/' || t.handler where t.handler collate "C" = ${handler} and t.state = 'ready'
    )
    insert into doran.subscriptions (event, handler, lane) values (${event}, ${`relay/${handler}`}, ${lane})
    on conflict (event, handler) do update set lane = excluded.lane where subscriptions.lane <> excluded.lane`)
}

/** Ends the subscription of a handler in another database. */
export async function endSubscriberElsewhere(db: Queryable, handler: string): Promise<void> {
  await db.run(sql`delete from doran.subscriptions where handler = ${`relay/${handler}`}`)
}

/**
 * Ends what the service no longer listens to. The own row goes last: until then another start finds it, and tells the
 * publisher again.
 */
export async function endSubscriptions(
  service: Service,
  database: DatabaseOfProcess,
  wiring: Wiring,
  { here, stopped }: { here: boolean; stopped?: AbortSignal | undefined },
): Promise<void> {
  const db = database.pool.at(0)
  const ended = (await endedSubscriptions(service, db)).filter(
    ({ publisher }) => (isIn(database, publisher) || wiring.hosted.has(publisher)) === here,
  )
  const ending = ended.map(async ({ publisher, event, handler }) => {
    if (!isIn(database, publisher)) {
      await untilDone(stopped, () => publisherClient(wiring, publisher)['doran.unsubscribe']({ handler }))
      if (stopped?.aborted) return
    }
    await db.run(
      sql`delete from doran.subscriptions where event = ${event} and handler = ${handler} and ${unheld(handler)}`,
    )
  })
  await Promise.all(ending)
}

interface Ended {
  readonly publisher: string
  readonly event: string
  readonly handler: string
}

/** Subscriptions that the service no longer has, and that no live process of another version of it has. */
async function endedSubscriptions(service: Service, db: Queryable): Promise<Ended[]> {
  const ended = await db.all<Omit<Ended, 'publisher'>>(sql`
    with former as materialized (
      select event, handler from doran.subscriptions
      where starts_with(handler, ${`${service.contract.name}/on:`}) and handler <> all(${handlersOf(service)}::text[])
    )
    select event, handler from former where ${unheld(sql`handler`)}`)
  return ended.map((row) => ({ ...row, publisher: publisherOf({ name: row.event }) }))
}

function publisherClient({ caller, systemCall }: Wiring, publisher: string) {
  return caller.client(relayContract(publisher), systemCall())
}

function publisherOf({ name }: { name: string }): string {
  return name.split('.')[0] as string
}

function isIn({ services }: DatabaseOfProcess, name: string): boolean {
  return services.some(({ contract }) => contract.name === name)
}

async function untilDone(stopped: AbortSignal | undefined, work: () => Promise<void>): Promise<void> {
  while (!stopped?.aborted) {
    try {
      return await work()
    } catch (error) {
      if (!stopped) throw error
      await setTimeout(RETRY_PAUSE_MS, undefined, { signal: stopped, ref: false }).catch(() => {})
    }
  }
}
