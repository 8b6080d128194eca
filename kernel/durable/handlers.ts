/** What the tasks of a process run: event handlers, sagas, jobs, relays to other databases, and housekeeping. */
import type { Logger } from 'pino'
import type { Call, Caller, Hosted } from '../calls.ts'
import type { Database, Pool } from '../database/database.ts'
import type { Listener } from '../database/listener.ts'
import { sql } from '../database/sql.ts'
import { forgetOldKeys } from '../idempotency.ts'
import type { Metrics } from '../metrics.ts'
import type { Context, Service, SubscriberContext, Subscription } from '../service.ts'
import { traceFrom, traceParent } from '../trace.ts'
import { type EventEnvelope, receive } from './events.ts'
import { jobHandler, jobHandlerName, nextRun, planJob } from './jobs.ts'
import { sagaHandler, sagaHandlerName } from './sagas.ts'
import { complete, reschedule, type Task, type TaskHandler, Worker } from './tasks.ts'

/** One database and the services of this process that live in it. */
export interface DatabaseOfProcess {
  readonly services: readonly Service[]
  readonly pool: Pool
  readonly listener: Listener
}

export interface Wiring {
  readonly databases: readonly DatabaseOfProcess[]
  readonly databaseOf: (service: string) => DatabaseOfProcess | undefined
  readonly hosted: ReadonlyMap<string, Hosted>
  readonly caller: Caller
  readonly systemCall: () => Call
  readonly concurrency: number
  readonly log: Logger
  readonly metrics: Metrics
}

const EVENT_ATTEMPTS = 15

/** A worker for each database, ready to start. Subscriptions and jobs are entered into the databases first. */
export async function prepareWorkers(wiring: Wiring): Promise<Worker[]> {
  const { databases, log, metrics, concurrency } = wiring
  const handlers = new Map(databases.map((database) => [database, new Map<string, TaskHandler>()]))
  const handlersIn = (database: DatabaseOfProcess) => handlers.get(database) as Map<string, TaskHandler>

  for (const database of databases) {
    for (const service of database.services) {
      await addSubscriptions(service, database, wiring, handlersIn)
      addSagas(service, handlersIn(database), wiring)
      await addJobs(service, database, handlersIn(database), wiring)
    }
    await addHousekeeping(database, handlersIn(database))
  }
  return databases.map((database) => {
    const { pool, listener } = database
    const worker = new Worker({ pool, handlers: handlersIn(database), log, metrics, concurrency })
    listener.on('doran_tasks', () => worker.wake())
    listener.onReconnect(() => worker.wake())
    return worker
  })
}

async function addSubscriptions(
  service: Service,
  database: DatabaseOfProcess,
  wiring: Wiring,
  handlersIn: (database: DatabaseOfProcess) => Map<string, TaskHandler>,
): Promise<void> {
  const { name } = service.contract
  for (const subscription of service.subscriptions) {
    const handler = `${name}/on:${subscription.event.name}`
    handlersIn(database).set(handler, deliver(subscription, name, database.pool, wiring))

    // The publisher looks its subscribers up in its own database.
    const publisher = wiring.databaseOf(subscription.event.name.split('.')[0] as string)
    if (!publisher) continue
    await publisher.pool.at(0).run(sql`
      insert into doran.subscriptions (event, handler) values (${subscription.event.name}, ${handler})
      on conflict do nothing`)
    if (publisher !== database)
      handlersIn(publisher).set(handler, relay(handler, publisher.pool, database.pool, wiring.metrics))
  }
}

/** The handler's writes and the end of its task are one transaction. */
function deliver(subscription: Subscription, service: string, pool: Pool, wiring: Wiring): TaskHandler {
  return {
    maxAttempts: EVENT_ATTEMPTS,
    run: (task) =>
      pool.at(0, traceParent(traceFrom(task.trace))).transaction(async (tx) => {
        const event = task.payload as EventEnvelope
        await subscription.handle(event.data, contextOf(wiring, service, task, tx, event.id) as SubscriberContext)
        await complete(tx, task)
      }),
  }
}

/** Hands an event on to the database of its subscriber. A crash in between repeats it; the inbox there knows it. */
function relay(handler: string, from: Pool, to: Pool, metrics: Metrics): TaskHandler {
  return {
    maxAttempts: EVENT_ATTEMPTS,
    async run(task) {
      await receive(to.at(0), handler, task.payload as EventEnvelope, task.trace)
      await complete(from.at(0), task)
      metrics.events.inc({ handler })
    },
  }
}

function addSagas(service: Service, handlers: Map<string, TaskHandler>, wiring: Wiring): void {
  const { name } = service.contract
  for (const saga of service.sagas) {
    handlers.set(
      sagaHandlerName(name, saga),
      sagaHandler(saga, (task, key) => contextOf(wiring, name, task, undefined, key)),
    )
  }
}

async function addJobs(
  service: Service,
  { pool }: DatabaseOfProcess,
  handlers: Map<string, TaskHandler>,
  wiring: Wiring,
): Promise<void> {
  const { name } = service.contract
  for (const job of service.jobs) {
    await planJob(pool.at(0), name, job)
    handlers.set(
      jobHandlerName(name, job),
      jobHandler(job, (task) => contextOf(wiring, name, task)),
    )
  }
}

/** Once an hour each database forgets what nobody will ask for again. */
async function addHousekeeping({ pool }: DatabaseOfProcess, handlers: Map<string, TaskHandler>): Promise<void> {
  const database = pool.at(0)
  const job = { name: 'housekeeping', cron: '17 * * * *', run: async () => {} }
  await planJob(database, 'doran', job)
  handlers.set(jobHandlerName('doran', job), {
    maxAttempts: EVENT_ATTEMPTS,
    async run(task) {
      await forgetOldKeys(database)
      await database.run(sql`delete from doran.events where published_at < now() - interval '30 days'`)
      await database.run(sql`delete from doran.inbox where received_at < now() - interval '30 days'`)
      await reschedule(database, task, nextRun(job))
    },
    onExhausted: (task) => reschedule(database, task, nextRun(job)),
  })
}

function contextOf(wiring: Wiring, service: string, task: Task, tx?: Database, key?: string): Context<undefined> {
  const hosted = wiring.hosted.get(service) as Hosted
  const trace = traceFrom(task.trace)
  const call: Call = { ...wiring.systemCall(), trace, key }
  return wiring.caller.context(hosted, call, tx ?? hosted.pool.at(0, traceParent(trace))) as Context<undefined>
}
