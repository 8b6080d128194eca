/** What the tasks of a process run: event handlers, sagas, jobs, relays to other databases, and housekeeping. */
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
import { endSubscriptions, enterSubscriptions, handlerNameOf } from './subscriptions.ts'
import type { DatabaseOfProcess, Wiring } from './wiring.ts'

const EVENT_ATTEMPTS = 15
/** After so long nobody will come who knows the handler: at each upgrade both versions run for a while. */
const UNKNOWN_FOR = '1 day'

/** A worker for each database, which hears what is due. {@link enterWork} and {@link Worker.start} make it work. */
export function prepareWorkers(wiring: Wiring): Worker[] {
  return wiring.databases.map((database) => {
    const { pool, listener, services } = database
    const { log, metrics, concurrency, holder, spans } = wiring
    const handlers = new Map([
      ...services.flatMap((service) => handlersOf(service, database, wiring)),
      [jobHandlerName('doran', HOUSEKEEPING), housekeeping(database)],
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

/** Enters the subscriptions and the jobs of all services into their databases, over listeners that have started. */
export async function enterWork({ databases, log }: Wiring): Promise<void> {
  for (const database of databases) {
    const { services, pool, listener } = database
    for (const service of services) {
      await enterSubscriptions(service, database)
      for (const job of jobsOf(service)) await planJob(pool.at(0), service.contract.name, job)
    }
    await planJob(pool.at(0), 'doran', HOUSEKEEPING)
    // While the listener was away, others may have taken this process for dead.
    listener.onReconnect(() => {
      const entered = services.map((service) => enterSubscriptions(service, database))
      Promise.all(entered).catch((error) => log.warn({ err: error }, 'subscriptions could not be entered again'))
    })
  }
}

function handlersOf(service: Service, database: DatabaseOfProcess, wiring: Wiring): [string, TaskHandler][] {
  const { name } = service.contract
  const contextFor = (task: Task, lease?: AbortSignal) => contextOf(wiring, name, task, { lease })
  const own: [string, TaskHandler][] = [
    ...service.subscriptions.map((subscription): [string, TaskHandler] => [
      handlerNameOf(service, subscription),
      deliver(subscription, name, database.pool, wiring),
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
  return [...own, [upkeep, keepUp(service, known, database, wiring)]]
}

/** The handler's writes and the end of its tasks are one transaction. */
function deliver(subscription: Subscription, service: string, pool: Pool, wiring: Wiring): TaskHandler {
  const { event, handle, lane = 'events', concurrency, batch } = subscription
  const read = eventReader(event)

  async function deliverAll(tasks: readonly Task[], lease: AbortSignal): Promise<void> {
    const [first] = tasks as [Task, ...Task[]]
    const envelopes = tasks.map(({ payload }) => payload as EventEnvelope)
    const all = envelopes.map(read)
    await pool.at(0, first.trace).transaction(async (tx) => {
      const ctx = contextOf(wiring, service, first, { tx, lease, key: keyOf(envelopes) }) as SubscriberContext
      await handle(batch === undefined ? all[0] : all, ctx)
      await completeDeliveries(tx, tasks)
      crashPoint('event.after-handler-before-commit')
    })
    crashPoint('event.after-commit')
  }

  return {
    lane,
    maxAttempts: EVENT_ATTEMPTS,
    run: (task, lease) => deliverAll([task], lease),
    ...(concurrency !== undefined && { concurrency }),
    ...(batch !== undefined && { batch: { size: batch, runAll: deliverAll } }),
  }
}

/** The same for the same events, so that what a repeated delivery asks of others is asked once. */
function keyOf(envelopes: readonly EventEnvelope[]): string {
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

/** Once an hour each database forgets what nobody will ask for again. */
function housekeeping({ pool }: DatabaseOfProcess): TaskHandler {
  const database = pool.at(0)
  const again = (task: Task) => reschedule(database, task, nextDue('doran', HOUSEKEEPING))
  return {
    lane: 'jobs',
    maxAttempts: EVENT_ATTEMPTS,
    async run(task, lease) {
      await deleteInBatches((limit) => forgetOldKeys(database, limit), lease)
      await forgetOldEvents(database, lease)
      await deleteInBatches((limit) => forgetFinishedSagas(database, limit), lease)
      await again(task)
    },
    onExhausted: again,
  }
}

const UPKEEP: Job = { name: 'upkeep', cron: '47 * * * *', run: async () => {} }

/** The jobs of a service, and the one by which the kernel looks after its subscriptions and tasks. */
function jobsOf({ jobs }: Service): readonly Job[] {
  return [...jobs, UPKEEP]
}

/** Once an hour each service ends what it no longer listens to, and parks tasks whose handler no version of it has. */
function keepUp(service: Service, known: readonly string[], database: DatabaseOfProcess, wiring: Wiring): TaskHandler {
  const db = database.pool.at(0)
  const again = (task: Task) => reschedule(db, task, nextDue(service.contract.name, UPKEEP))
  return {
    lane: 'jobs',
    maxAttempts: EVENT_ATTEMPTS,
    async run(task) {
      await parkUnknownTasks(db, service.contract.name, known)
      await endSubscriptions(service, database, wiring, { here: true })
      await endSubscriptions(service, database, wiring, { here: false }).catch((error) =>
        wiring.log.warn(
          { err: error },
          'a publisher could not be told that a subscription has ended; again in an hour',
        ),
      )
      await again(task)
    },
    onExhausted: again,
  }
}

/** A handler that was removed or renamed leaves tasks that nobody would take. The plan of a job is no work, and is dropped. */
async function parkUnknownTasks(db: Queryable, service: string, known: readonly string[]): Promise<void> {
  const unknown = sql`
    state = 'ready' and starts_with(handler, ${`${service}/`}) and handler <> all(${known}::text[])
    and run_at < now() - ${UNKNOWN_FOR}::interval`
  await db.run(sql`delete from doran.tasks where ${unknown} and key = 'plan' and handler like '%/job:%'`)
  await db.run(sql`
    update doran.tasks set
      state = 'dead', epoch = epoch + 1,
      last_error = format('No version of %s that runs has the handler %s, and none took the task for a day: it was removed or ' ||
                          'renamed. Replay the task where something has the handler, or discard it.', ${service}::text, handler)
    where ${unknown}`)
}

interface Circumstances {
  readonly tx?: Database
  readonly key?: string
  readonly lease?: AbortSignal | undefined
}

function contextOf(wiring: Wiring, service: string, task: Task, circumstances: Circumstances): Context<undefined> {
  const hosted = wiring.hosted.get(service) as Hosted
  const call = callOf(wiring, task, circumstances)
  return wiring.caller.context(
    hosted,
    call,
    circumstances.tx ?? hosted.pool.at(0, traceParent(call.trace)),
  ) as Context<undefined>
}

/** Nobody waits for a task, so each call of it has the time of a whole request, as long as this process has the task. */
function callOf(wiring: Wiring, task: Task, { key, lease }: Circumstances): Call {
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
