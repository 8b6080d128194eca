/**
 * The life cycle of subscriptions. A service registers its subscriptions when it starts. It ends those that it no
 * longer has once no process of an earlier version has them either: each process holds an advisory lock for each of its
 * subscriptions while its listener is connected. Subscribers in another database register and unregister at the
 * publisher by calls.
 */
import { setTimeout } from 'node:timers/promises'
import type { Queryable } from '../database/database.ts'
import { unheld } from '../database/listener.ts'
import { sql } from '../database/sql.ts'
import type { EventLane, Service, Subscription } from '../service/service.ts'
import { relayContract } from './relay-contract.ts'
import type { DatabaseOfProcess, Wiring } from './wiring.ts'

const RETRY_PAUSE_MS = 1_000

/** Name of the handler that receives the events of a subscription. */
export function handlerNameOf({ contract }: Service, { event }: Subscription): string {
  return `${contract.name}/on:${event.name}`
}

/** An id of the database that is unique across servers. */
export async function databaseIdOf(db: Queryable): Promise<string> {
  const { id } = await db.one<{ id: string }>(sql`
    select (select system_identifier from pg_control_system()) || '/' ||
           (select oid from pg_database where datname = current_database()) as id`)
  return id
}

function handlersOf(service: Service): string[] {
  return service.subscriptions.map((subscription) => handlerNameOf(service, subscription))
}

/**
 * Registers the subscriptions of a service in its own database, and removes relays to the service from there: events in
 * the same database need none.
 */
export async function registerSubscriptions(service: Service, { pool, listener }: DatabaseOfProcess): Promise<void> {
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
 * Registers subscriptions at publishers in other databases, and ends obsolete ones there. With `here` it calls the
 * publishers that this process runs, otherwise all others. With `stopped` it retries each call until it succeeds or the
 * signal aborts; without it the first failure throws.
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
        retryUntilDone(stopped, () => registerAtPublisher(service, subscription, database, wiring)),
      )
      await Promise.all([...entered, endSubscriptions(service, database, wiring, { here, stopped })])
    }),
  )
  await Promise.all(told)
}

async function registerAtPublisher(
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

/** Registers a subscriber in another database. Tasks that wait here, from when it lived here, go to the relay. */
export async function registerRemoteSubscriber(
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

/** Removes the relay to a handler in another database. */
export async function removeRemoteSubscriber(db: Queryable, handler: string): Promise<void> {
  await db.run(sql`delete from doran.subscriptions where handler = ${`relay/${handler}`}`)
}

/**
 * Ends subscriptions that the service no longer has. It deletes the row in its own database last: after a crash the
 * next start finds the row and calls the publisher again.
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
      await retryUntilDone(stopped, () => publisherClient(wiring, publisher)['doran.unsubscribe']({ handler }))
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

/** Subscriptions that neither this version of the service nor a live process of another version has. */
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

async function retryUntilDone(stopped: AbortSignal | undefined, work: () => Promise<void>): Promise<void> {
  while (!stopped?.aborted) {
    try {
      return await work()
    } catch (error) {
      if (!stopped) throw error
      await setTimeout(RETRY_PAUSE_MS, undefined, { signal: stopped, ref: false }).catch(() => {})
    }
  }
}
