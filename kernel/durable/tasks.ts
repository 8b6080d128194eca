/**
 * The worker that runs what is due in one database: claims tasks, holds them by a lease, and completes them in
 * the same transaction as their effects. Only the database's clock counts. A process that dies, or stops for
 * longer than a lease, loses its tasks to another one; the epoch keeps it from finishing them twice.
 */
import { crashPoint, holds } from '@doran/faults'
import type { Metrics } from '@doran/telemetry'
import { beginSpan, type SpanSink, traceFrom, traceParent } from '@doran/telemetry'
import type { Logger } from 'pino'
import type { Pool, Queryable } from '../database/database.ts'
import { sql } from '../database/sql.ts'

export interface Task {
  id: number
  handler: string
  payload: unknown
  trace: string | null
  epoch: number
  attempts: number
}

export interface TaskHandler {
  /** Runs the task and completes it with {@link complete}, {@link reschedule} or a saga's progress. */
  run(task: Task, lease: AbortSignal): Promise<void>
  /** Attempts after which it waits for an operator, as a dead letter; without it, it is tried for as long as it takes. */
  readonly maxAttempts?: number
  /** Upper bound of the growing pauses between attempts; 5 minutes by default. */
  readonly longestPauseMs?: number
  /** Called in place of dying, for work that must simply go on at its next time. */
  readonly onExhausted?: (task: Task) => Promise<void>
}

/** Prefix of tasks that any process with this database may run: events to be handed on to another database. */
export const RELAY = 'relay/'

export interface WorkerOptions {
  pool: Pool
  handlers: ReadonlyMap<string, TaskHandler>
  /** Runs tasks with the prefix {@link RELAY}. */
  relay: TaskHandler
  log: Logger
  metrics: Metrics
  spans?: SpanSink | undefined
  /** Name of this process, for people who look who has a task. */
  holder?: string
  /** How many tasks run at once. */
  concurrency: number
  /** Milliseconds for which a claim holds without renewal. */
  lease?: number
  /** Milliseconds between looks when no notification comes. */
  poll?: number
}

/** The task was taken over while this process was away; what it did is rolled back. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

/** The task would fail in the same way however often it is tried, so it waits for an operator at once. */
export class NonRetryableError extends Error {
  override readonly name = 'NonRetryableError'
}

const LEASE = 5_000
const POLL = 1_000
const BACKOFF = { first: 200, longest: 300_000 }

export class Worker {
  readonly #options: Required<Omit<WorkerOptions, 'spans'>> & Pick<WorkerOptions, 'spans'>
  readonly #database: Queryable
  readonly #names: string[]
  readonly #running = new Map<number, { task: Task; lease: AbortController; done: Promise<void> }>()
  #closing = false
  #claiming = false
  #wanted = false
  /** The last claim took as much as there was room for, so more may be due. */
  #backlog = false
  #poll: NodeJS.Timeout | undefined
  #renew: NodeJS.Timeout | undefined

  constructor(options: WorkerOptions) {
    this.#options = { lease: LEASE, poll: POLL, holder: String(process.pid), ...options }
    this.#database = options.pool.at(0)
    this.#names = [...options.handlers.keys()]
  }

  start(): void {
    if (this.#names.length === 0) return
    this.#poll = setInterval(() => this.wake(), this.#options.poll)
    this.#renew = setInterval(() => void this.#renewLeases(), this.#options.lease / 3)
    this.wake()
  }

  /** Looks for due tasks now. */
  wake(): void {
    this.#wanted = true
    if (!this.#claiming && !this.#closing) void this.#claimAll()
  }

  /** How many tasks this process holds. */
  get running(): number {
    return this.#running.size
  }

  /** Takes no more tasks, lets those in hand finish, and gives back what is left when time is up. */
  async close(grace: number): Promise<void> {
    this.#closing = true
    clearInterval(this.#poll)
    const unfinished = Promise.all([...this.#running.values()].map(({ done }) => done))
    const timeUp = new Promise<void>((resolve) => setTimeout(resolve, grace).unref())
    await Promise.race([unfinished, timeUp])
    clearInterval(this.#renew)
    const left = [...this.#running.values()]
    for (const { lease } of left) lease.abort()
    if (left.length > 0) {
      await this.#database.run(sql`
        with given_back as (
          update doran.tasks t set run_at = now()
          from unnest(${left.map(({ task }) => task.id)}::bigint[], ${left.map(({ task }) => task.epoch)}::bigint[]) as held (id, epoch)
          where t.id = held.id and t.epoch = held.epoch
          returning 1
        )
        select pg_notify('doran_tasks', '') from given_back`)
    }
  }

  async #claimAll(): Promise<void> {
    this.#claiming = true
    while (this.#wanted && !this.#closing) {
      const free = this.#options.concurrency - this.#running.size
      if (free <= 0) break
      this.#wanted = false
      try {
        const tasks = await claim(this.#database, this.#names, free, this.#options)
        for (const task of tasks) this.#start(task)
        this.#backlog = tasks.length === free
        if (this.#backlog) this.#wanted = true
      } catch (error) {
        this.#options.log.warn({ err: error }, 'tasks could not be claimed; trying again')
        break
      }
    }
    this.#claiming = false
  }

  #start(task: Task): void {
    const lease = new AbortController()
    const done = this.#run(task, lease.signal).finally(() => {
      this.#running.delete(task.id)
      if (this.#backlog || this.#wanted) this.wake()
    })
    this.#running.set(task.id, { task, lease, done })
  }

  async #run(task: Task, lease: AbortSignal): Promise<void> {
    const { handlers, relay, log, metrics, spans } = this.#options
    const handler = handlers.get(task.handler) ?? relay
    const end = metrics.task.startTimer({ handler: task.handler })
    const trace = traceFrom(task.trace)
    const endSpan = beginSpan(spans, { trace, name: task.handler, kind: 'consumer', attributes: { task: task.id } })
    try {
      crashPoint('task.after-claim')
      await handler.run({ ...task, trace: traceParent(trace) }, lease)
      end({ outcome: 'done' })
      endSpan()
      log.debug({ task: task.id, handler: task.handler, trace: trace.traceId }, 'a task is done')
    } catch (error) {
      endSpan(error)
      if (error instanceof LeaseLostError || lease.aborted) {
        end({ outcome: 'lost' })
        log.warn({ task: task.id, handler: task.handler }, 'lost the lease of a task; another process has it')
        return
      }
      const exhausted = error instanceof NonRetryableError || task.attempts >= (handler.maxAttempts ?? Infinity)
      end({ outcome: exhausted ? 'dead' : 'failed' })
      log[exhausted ? 'error' : 'warn'](
        { err: error, task: task.id, handler: task.handler, attempt: task.attempts, trace: trace.traceId },
        exhausted ? 'a task failed for the last time; see `doran tasks list`' : 'a task failed and will be tried again',
      )
      await this.#fail(task, error, handler, exhausted).catch((cause) =>
        log.warn({ err: cause, task: task.id }, 'the failure of a task could not be recorded; its lease will run out'),
      )
    }
  }

  async #fail(task: Task, error: unknown, handler: TaskHandler, exhausted: boolean): Promise<void> {
    if (exhausted && handler.onExhausted) return handler.onExhausted(task)
    const longest = handler.longestPauseMs ?? BACKOFF.longest
    const delay = Math.min(BACKOFF.first * 2 ** (task.attempts - 1), longest) * (0.75 + Math.random() / 2)
    await this.#database.run(sql`
      update doran.tasks set
        state = ${exhausted ? 'dead' : 'ready'},
        run_at = now() + make_interval(secs => ${delay / 1000}),
        failing_since = case when attempts > 1 then coalesce(failing_since, now()) else now() end,
        last_error = ${String((error as Error)?.stack ?? error).slice(0, 4000)}
      where ${inHands(task)}`)
    if (!exhausted) setTimeout(() => this.wake(), delay + 5).unref()
  }

  async #renewLeases(): Promise<void> {
    const held = [...this.#running.values()]
    if (held.length === 0) return
    try {
      const kept = await this.#database.all<{ id: number }>(sql`
        update doran.tasks t set run_at = now() + make_interval(secs => ${this.#options.lease / 1000})
        from unnest(${held.map(({ task }) => task.id)}::bigint[], ${held.map(({ task }) => task.epoch)}::bigint[]) as held (id, epoch)
        where t.id = held.id and t.epoch = held.epoch
        returning t.id`)
      const ids = new Set(kept.map(({ id }) => id))
      // A task that completed meanwhile is missing too; then nobody listens to its signal any more.
      for (const { task, lease } of held) if (!ids.has(task.id) && holds('lease-epoch')) lease.abort()
    } catch (error) {
      this.#options.log.warn({ err: error }, 'leases could not be renewed')
    }
  }
}

function claim(
  database: Queryable,
  handlers: string[],
  limit: number,
  { lease, holder }: { lease: number; holder: string },
): Promise<Task[]> {
  return database.all<Task>(sql`
    update doran.tasks set
      run_at = now() + make_interval(secs => ${lease / 1000}),
      epoch = epoch + 1,
      attempts = attempts + 1,
      holder = ${holder}
    where id in (
      select id from doran.tasks
      where state = 'ready' and run_at <= now()
        and (handler = any(${handlers}::text[]) or handler like ${`${RELAY}%`})
      order by run_at
      limit ${limit}
      for update skip locked
    )
    returning id, handler, payload, trace, epoch, attempts`)
}

/** Adds a task in the caller's transaction. With a key, a live task that has it already stays as it is. */
export async function addTask(
  tx: Queryable,
  task: { handler: string; payload: unknown; key?: string; trace?: string | null; runAt?: Date },
): Promise<void> {
  await tx.later(sql`
    with added as (
      insert into doran.tasks (handler, key, payload, trace, run_at)
      values (${task.handler}, ${task.key ?? null}, ${sql.json(task.payload)}, ${task.trace ?? null},
              coalesce(${task.runAt?.toISOString() ?? null}::timestamptz, now()))
      on conflict (handler, key) where key is not null do nothing
      returning 1
    )
    select pg_notify('doran_tasks', '') from added`)
}

/** The task's row as long as its holder has not lost it. */
const inHands = ({ id, epoch }: Task) => (holds('lease-epoch') ? sql`id = ${id} and epoch = ${epoch}` : sql`id = ${id}`)

/** Statement that ends the task; it touches no row when its holder has lost it. */
export const completed = (task: Task) => sql`delete from doran.tasks where ${inHands(task)}`

/** Statement by which the task goes on at once in the same hands, its attempts counted anew. */
export const heldOn = (task: Task) => sql`
  update doran.tasks set run_at = now() + make_interval(secs => ${LEASE / 1000}), attempts = 1, failing_since = null
  where ${inHands(task)}`

/** Throws when a statement that was to change the task, or go with it, has touched no row. */
export function assertHeld(rows: number): void {
  if (rows === 0 && holds('lease-epoch')) throw new LeaseLostError()
}

/** The task is done. Part of the transaction that holds its effects: both happen or neither. */
export async function complete(tx: Queryable, task: Task): Promise<void> {
  assertHeld(await tx.run(completed(task)))
}

/** The task goes on later, with its attempts counted from nothing. */
export async function reschedule(tx: Queryable, task: Task, at: Date): Promise<void> {
  assertHeld(
    await tx.run(sql`
      update doran.tasks set run_at = ${at.toISOString()}, attempts = 0, failing_since = null where ${inHands(task)}`),
  )
}

// -- For operators

export type TaskSummary = Pick<Task, 'id' | 'handler' | 'attempts'> & {
  state: 'ready' | 'dead'
  holder: string | null
  run_at: string
  /** Since when every attempt has failed. */
  failing_since: string | null
  last_error: string | null
}

/** Tasks in this state, those in `trouble` (dead, or failing at the moment), or all of them; oldest first. */
export function listTasks(
  database: Queryable,
  which?: 'ready' | 'dead' | 'trouble',
  limit = 100,
): Promise<TaskSummary[]> {
  const troubled = sql`state = 'dead' or failing_since is not null`
  const condition = which === 'trouble' ? troubled : which ? sql`state = ${which}` : sql`true`
  return database.all<TaskSummary>(sql`
    select id, handler, state, attempts, holder, run_at, failing_since, last_error from doran.tasks
    where ${condition} order by id limit ${limit}`)
}

/** Gives a dead task a new life; false when there is no such dead task. */
export async function replayTask(database: Queryable, id: number): Promise<boolean> {
  const rows = await database.run(sql`
    with replayed as (
      update doran.tasks set state = 'ready', attempts = 0, run_at = now(), failing_since = null
      where id = ${id} and state = 'dead' returning 1
    )
    select pg_notify('doran_tasks', '') from replayed`)
  return rows > 0
}

/** Removes a dead task for ever; false when there is no such dead task. */
export async function discardTask(database: Queryable, id: number): Promise<boolean> {
  const rows = await database.run(sql`
    with gone as (delete from doran.tasks where id = ${id} and state = 'dead' returning handler, payload), unwatched as (
      update doran.inbox i set handled = null from gone g
      where i.event_id = (g.payload ->> 'id')::uuid and i.handler = g.handler
    )
    select 1 from gone`)
  return rows > 0
}

/**
 * Tasks of each service, for metrics: how many wait past their time, for how many seconds the oldest does, and how many
 * are dead. An event on its way to another database is its publisher's. Services that have none are told of when `names`
 * has them.
 */
export function countTasks(
  database: Queryable,
  names: readonly string[],
): Promise<{ service: string; due: number; dead: number; lag: number }[]> {
  return database.all(sql`
    select service, count(*) filter (where state = 'ready' and run_at <= now()) as due,
           count(*) filter (where state = 'dead') as dead,
           greatest(0, extract(epoch from now() - min(run_at) filter (where state = 'ready')))::float8 as lag
    from (
      select substring(handler from '^(?:relay/.*:)?(\\w+)') as service, state, run_at from doran.tasks
      union all select name, 'none', null from unnest(${names}::text[]) as hosted (name)
    ) as tasks
    group by service`)
}
