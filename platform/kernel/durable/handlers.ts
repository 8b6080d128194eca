/** The task handlers of a process: event handlers, sagas, jobs, relays to other databases, and housekeeping. */
import { createHash } from 'node:crypto'
import { Deadline } from '../contract/deadline.ts'
import type { Database, Pool, Queryable } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { crashPoint } from '../faults/index.ts'
import type { Call } from '../service/call.ts'
import type { Hosted } from '../service/calls.ts'
import { forgetOldKeys } from '../service/idempotency.ts'
import type { Context, Job, Saga, Service, SubscriberContext, Subscription } from '../service/service.ts'
import { jobHandler, jobHandlerName, nextDue, planJob } from '../tasks/jobs.ts'
import { deleteInBatches, forgetOldEvents } from '../tasks/retention.ts'
import { DUE_CHANNEL, reschedule, type Task, type TaskHandler } from '../tasks/tasks.ts'
import { Worker } from '../tasks/worker.ts'
import { newTrace, traceOf, traceParent } from '../telemetry/index.ts'
import { completeDeliveries, type EventEnvelope, eventReader } from './events.ts'
import { relay } from './relay.ts'
import { relayContract } from './relay-contract.ts'
import { forgetFinishedSagas, sagaHandler, sagaHandlerName } from './sagas.ts'
import { endSubscriptions, handlerNameOf, registerSubscriptions } from './subscriptions.ts'
import type { DatabaseOfProcess, Wiring } from './wiring.ts'

const MAX_EVENT_ATTEMPTS = 15
/** A task with an unknown handler is parked after this time: by then every version of an upgrade has had its turn. */
const UNKNOWN_HANDLER_GRACE = '1 day'

/** One worker for each database, fed by its notifications. It needs {@link enterWork} and {@link Worker.start}. */
export function prepareWorkers(wiring: Wiring): Worker[] {
  return wiring.databases.map((database) => {
    const { pool, listener, services } = database
    const { log, metrics, concurrency, holder, spans } = wiring
    const handlers = new Map([
      ...services.flatMap((service) => handlersOf(service, database, wiring)),
      [jobHandlerName('doran', HOUSEKEEPING), housekeepingHandler(database)],
    ])
    const clientFor = (service: string, task: Task, lease: AbortSignal) =>
      wiring.caller.client(relayContract(service), callOf(wiring, task, { lease }))
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
    listener.on(DUE_CHANNEL, (what, own) => worker.onDue(what, own))
    listener.onReconnect(() => worker.wake())
    return worker
  })
}

/** Writes the subscriptions and jobs of all services into their databases. The listeners must have started. */
export async function enterWork({ databases, log }: Wiring): Promise<void> {
  for (const database of databases) {
    const { services, pool, listener } = database
    for (const service of services) {
      await registerSubscriptions(service, database)
      for (const job of jobsOf(service)) await planJob(pool.at(0), service.contract.name, job)
    }
    await planJob(pool.at(0), 'doran', HOUSEKEEPING)
    // While the listener was disconnected, others may have taken this process for dead and ended its subscriptions.
    listener.onReconnect(() => {
      const entered = services.map((service) => registerSubscriptions(service, database))
      Promise.all(entered).catch((error) => log.warn({ err: error }, 'subscriptions could not be registered again'))
    })
  }
}

function handlersOf(service: Service, database: DatabaseOfProcess, wiring: Wiring): [string, TaskHandler][] {
  const { name } = service.contract
  const contextFor = (task: Task, lease?: AbortSignal) => contextOf(wiring, name, task, { lease })
  const own: [string, TaskHandler][] = [
    ...service.subscriptions.map((subscription): [string, TaskHandler] => [
      handlerNameOf(service, subscription),
      eventHandler(subscription, name, database.pool, wiring),
    ]),
    ...service.sagas.flatMap((saga) => {
      const runner = sagaRunner(saga, name, wiring)
      return [saga.version, ...saga.continues].map((version): [string, TaskHandler] => [
        sagaHandlerName(name, { ...saga, version }),
        runner,
      ])
    }),
    ...service.jobs.map((job): [string, TaskHandler] => [jobHandlerName(name, job), jobHandler(name, job, contextFor)]),
  ]
  const upkeep = jobHandlerName(name, UPKEEP)
  const known = [...own.map(([handler]) => handler), upkeep]
  return [...own, [upkeep, upkeepHandler(service, known, database, wiring)]]
}

/** One transaction holds the handler's writes and completes its tasks. */
function eventHandler(subscription: Subscription, service: string, pool: Pool, wiring: Wiring): TaskHandler {
  const { event, handle, lane = 'events', concurrency, batch } = subscription
  const read = eventReader(event)

  async function deliverAll(tasks: readonly Task[], lease: AbortSignal): Promise<void> {
    const [first] = tasks as [Task, ...Task[]]
    const envelopes = tasks.map(({ payload }) => payload as EventEnvelope)
    const all = envelopes.map(read)
    await pool.at(0, first.trace).transaction(async (tx) => {
      const ctx = contextOf(wiring, service, first, {
        tx,
        lease,
        key: idempotencyKeyOf(envelopes),
      }) as SubscriberContext
      await handle(batch === undefined ? all[0] : all, ctx)
      await completeDeliveries(tx, tasks)
      crashPoint('event.after-handler-before-commit')
    })
    crashPoint('event.after-commit')
  }

  return {
    lane,
    maxAttempts: MAX_EVENT_ATTEMPTS,
    run: (task, lease) => deliverAll([task], lease),
    ...(concurrency !== undefined && { concurrency }),
    ...(batch !== undefined && { batch: { size: batch, runAll: deliverAll } }),
  }
}

/** Idempotency key, the same for the same events: a repeated delivery repeats no effect of its calls. */
function idempotencyKeyOf(envelopes: readonly EventEnvelope[]): string {
  const [first, ...others] = envelopes.map(({ id }) => id) as [string, ...string[]]
  return others.length === 0
    ? first
    : createHash('sha256')
        .update([first, ...others].sort().join())
        .digest('base64url')
}

function sagaRunner(saga: Saga, service: string, wiring: Wiring): TaskHandler {
  const handlerFor = (lease?: AbortSignal) =>
    sagaHandler(saga, wiring.spans, (task, key) => contextOf(wiring, service, task, { key, lease }))
  return { ...handlerFor(), lane: 'urgent', run: (task, lease) => handlerFor(lease).run(task, lease) }
}

const HOUSEKEEPING: Job = { name: 'housekeeping', cron: '17 * * * *', run: async () => {} }

/** Once an hour each database deletes old idempotency keys, events and finished sagas. */
function housekeepingHandler({ pool }: DatabaseOfProcess): TaskHandler {
  const database = pool.at(0)
  const scheduleNext = (task: Task) => reschedule(database, task, nextDue('doran', HOUSEKEEPING))
  return {
    lane: 'jobs',
    maxAttempts: MAX_EVENT_ATTEMPTS,
    async run(task, lease) {
      await deleteInBatches((limit) => forgetOldKeys(database, limit), lease)
      await forgetOldEvents(database, lease)
      await deleteInBatches((limit) => forgetFinishedSagas(database, limit), lease)
      await scheduleNext(task)
    },
    onExhausted: scheduleNext,
  }
}

const UPKEEP: Job = { name: 'upkeep', cron: '47 * * * *', run: async () => {} }

/** The jobs of a service, and the one with which the kernel maintains its subscriptions and tasks. */
function jobsOf({ jobs }: Service): readonly Job[] {
  return [...jobs, UPKEEP]
}

/** Once an hour each service ends obsolete subscriptions and parks tasks whose handler none of its versions has. */
function upkeepHandler(
  service: Service,
  known: readonly string[],
  database: DatabaseOfProcess,
  wiring: Wiring,
): TaskHandler {
  const db = database.pool.at(0)
  const scheduleNext = (task: Task) => reschedule(db, task, nextDue(service.contract.name, UPKEEP))
  return {
    lane: 'jobs',
    maxAttempts: MAX_EVENT_ATTEMPTS,
    async run(task) {
      await parkUnknownTasks(db, service.contract.name, known)
      await endSubscriptions(service, database, wiring, { here: true })
      await endSubscriptions(service, database, wiring, { here: false }).catch((error) =>
        wiring.log.warn(
          { err: error },
          'a publisher could not be told that a subscription has ended; trying again in an hour',
        ),
      )
      await scheduleNext(task)
    },
    onExhausted: scheduleNext,
  }
}

/**
 * Makes the tasks of removed or renamed handlers dead letters, because no process would claim them. Deletes the rows of
 * removed jobs: they are schedules, not work.
 */
async function parkUnknownTasks(db: Queryable, service: string, known: readonly string[]): Promise<void> {
  const unknown = sql`
    state = 'ready' and starts_with(handler, ${`${service}/`}) and handler <> all(${known}::text[])
    and run_at < now() - ${UNKNOWN_HANDLER_GRACE}::interval`
  await db.run(sql`delete from doran.tasks where ${unknown} and key = 'plan' and handler like '%/job:%'`)
  await db.run(sql`
    update doran.tasks set
      state = 'dead', epoch = epoch + 1,
      last_error = format('No version of %s that runs has the handler %s, and none took the task for a day: it was removed or ' ||
                          'renamed. Replay the task where something has the handler, or discard it.', ${service}::text, handler)
    where ${unknown}`)
}

interface ContextOptions {
  readonly tx?: Database
  readonly key?: string
  readonly lease?: AbortSignal | undefined
}

function contextOf(wiring: Wiring, service: string, task: Task, options: ContextOptions): Context<undefined> {
  const hosted = wiring.hosted.get(service) as Hosted
  const call = callOf(wiring, task, options)
  return wiring.caller.context(
    hosted,
    call,
    options.tx ?? hosted.pool.at(0, traceParent(call.trace)),
  ) as Context<undefined>
}

/** Nobody waits for a task, so each of its calls has the time of a whole request, as long as the lease lasts. */
function callOf(wiring: Wiring, task: Task, { key, lease }: ContextOptions): Call {
  const { deadline: _, ...call } = wiring.systemCall()
  return {
    ...call,
    trace: traceOf(task.trace) ?? newTrace(),
    key,
    get deadline() {
      return Deadline.in(wiring.callTimeoutMs, lease)
    },
  }
}
