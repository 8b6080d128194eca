/** What the tasks of a process run: event handlers, sagas, jobs, relays to other databases, and housekeeping. */
import { setTimeout } from 'node:timers/promises'
import { crashPoint } from '@doran/faults'
import type { Metrics } from '@doran/telemetry'
import { newTrace, type SpanSink, traceOf, traceParent } from '@doran/telemetry'
import type { Logger } from 'pino'
import type { Call, Caller, Hosted } from '../calls.ts'
import type { Database, Pool } from '../database/database.ts'
import type { Listener } from '../database/listener.ts'
import { sql } from '../database/sql.ts'
import { forgetOldKeys } from '../idempotency.ts'
import type { Context, Service, SubscriberContext, Subscription } from '../service.ts'
import { completeDelivery, type EventEnvelope } from './events.ts'
import { jobHandler, jobHandlerName, nextRun, planJob } from './jobs.ts'
import { databaseIdOf, relay, relayContract } from './relay.ts'
import { forgetFinishedSagas, sagaHandler, sagaHandlerName } from './sagas.ts'
import { reschedule, type Task, type TaskHandler, Worker } from './tasks.ts'

/** One database and the services of this process that live in it. */
export interface DatabaseOfProcess {
  readonly services: readonly Service[]
  readonly pool: Pool
  readonly listener: Listener
}

export interface Wiring {
  readonly databases: readonly DatabaseOfProcess[]
  readonly hosted: ReadonlyMap<string, Hosted>
  readonly caller: Caller
  readonly systemCall: () => Call
  readonly concurrency: number
  readonly holder: string | undefined
  readonly log: Logger
  readonly metrics: Metrics
  readonly spans: SpanSink | undefined
}

const EVENT_ATTEMPTS = 15
const SUBSCRIBE_AGAIN = 1_000

/** A worker for each database, ready to start. Subscriptions and jobs are entered into the databases first. */
export async function prepareWorkers(wiring: Wiring): Promise<Worker[]> {
  const workers: Worker[] = []
  for (const database of wiring.databases) {
    const handlers = new Map<string, TaskHandler>()
    for (const service of database.services) {
      await addSubscriptions(service, database, handlers, wiring)
      addSagas(service, handlers, wiring)
      await addJobs(service, database, handlers, wiring)
    }
    await addHousekeeping(database, handlers)
    const { pool, listener } = database
    const { log, metrics, concurrency, holder, spans } = wiring
    const clientFor = (service: string, { trace }: Task) =>
      wiring.caller.client(relayContract(service), { ...wiring.systemCall(), trace: traceOf(trace) ?? newTrace() })
    const worker = new Worker({
      pool,
      handlers,
      relay: relay(pool, metrics, clientFor),
      log,
      metrics,
      spans,
      concurrency,
      ...(holder !== undefined && { holder }),
    })
    listener.on('doran_tasks', () => worker.wake())
    listener.onReconnect(() => worker.wake())
    workers.push(worker)
  }
  return workers
}

async function addSubscriptions(
  service: Service,
  { pool }: DatabaseOfProcess,
  handlers: Map<string, TaskHandler>,
  wiring: Wiring,
): Promise<void> {
  const { name } = service.contract
  for (const subscription of service.subscriptions) {
    const handler = handlerNameOf(service, subscription)
    handlers.set(handler, deliver(subscription, name, pool, wiring))
    await pool.at(0).run(sql`
      insert into doran.subscriptions (event, handler) values (${subscription.event.name}, ${handler})
      on conflict do nothing`)
  }
}

/**
 * Tells the publishers that may live in another database where their subscribers are; in the same database they find
 * them there. Publishers of this process (`here`) are told at once; others as soon as they answer, or until `stopped`.
 */
export async function subscribeElsewhere(
  wiring: Wiring,
  { here, stopped }: { here: boolean; stopped?: AbortSignal },
): Promise<void> {
  for (const { services, pool } of wiring.databases) {
    for (const service of services) {
      for (const subscription of service.subscriptions) {
        const [publisher] = subscription.event.name.split('.') as [string]
        const inSameDatabase = services.some(({ contract }) => contract.name === publisher)
        if (inSameDatabase || wiring.hosted.has(publisher) !== here) continue
        await untilDone(stopped, async () =>
          wiring.caller.client(relayContract(publisher), wiring.systemCall())['doran.subscribe']({
            event: subscription.event.name,
            handler: handlerNameOf(service, subscription),
            database: await databaseIdOf(pool.at(0)),
          }),
        )
      }
    }
  }
}

async function untilDone(stopped: AbortSignal | undefined, work: () => Promise<void>): Promise<void> {
  while (!stopped?.aborted) {
    try {
      return await work()
    } catch (error) {
      if (!stopped) throw error
      await setTimeout(SUBSCRIBE_AGAIN, undefined, { signal: stopped, ref: false }).catch(() => {})
    }
  }
}

function handlerNameOf({ contract }: Service, { event }: Subscription): string {
  return `${contract.name}/on:${event.name}`
}

/** The handler's writes and the end of its task are one transaction. */
function deliver(subscription: Subscription, service: string, pool: Pool, wiring: Wiring): TaskHandler {
  return {
    maxAttempts: EVENT_ATTEMPTS,
    async run(task) {
      await pool.at(0, task.trace).transaction(async (tx) => {
        const event = task.payload as EventEnvelope
        await subscription.handle(event.data, contextOf(wiring, service, task, tx, event.id) as SubscriberContext)
        await completeDelivery(tx, task, event)
        crashPoint('event.after-handler-before-commit')
      })
      crashPoint('event.after-commit')
    },
  }
}

function addSagas(service: Service, handlers: Map<string, TaskHandler>, wiring: Wiring): void {
  const { name } = service.contract
  for (const saga of service.sagas) {
    const handler = sagaHandler(saga, wiring.spans, (task, key) => contextOf(wiring, name, task, undefined, key))
    for (const version of [saga.version, ...saga.continues])
      handlers.set(sagaHandlerName(name, { ...saga, version }), handler)
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
      await forgetFinishedSagas(database)
      await database.run(sql`delete from doran.events where published_at < now() - interval '30 days'`)
      await database.run(sql`delete from doran.inbox where received_at < now() - interval '30 days'`)
      await reschedule(database, task, nextRun(job))
    },
    onExhausted: (task) => reschedule(database, task, nextRun(job)),
  })
}

function contextOf(wiring: Wiring, service: string, task: Task, tx?: Database, key?: string): Context<undefined> {
  const hosted = wiring.hosted.get(service) as Hosted
  const trace = traceOf(task.trace) ?? newTrace()
  const call: Call = { ...wiring.systemCall(), trace, key }
  return wiring.caller.context(hosted, call, tx ?? hosted.pool.at(0, traceParent(trace))) as Context<undefined>
}
