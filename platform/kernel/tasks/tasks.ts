/**
 * Durable tasks: work that must happen later and must not be lost. A process holds a task by a lease and completes it
 * in the transaction of its effects. Only the database's clock counts. A process that dies, or stalls for longer than a
 * lease, loses its tasks to another process. The epoch is a fencing token: the old holder cannot complete them again.
 */

import type { Queryable } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { holds } from '../faults/index.ts'
import type { EventLane } from '../service/service.ts'

export interface Task {
  id: number
  handler: string
  payload: unknown
  trace: string | null
  epoch: number
  attempts: number
}

/** The slots of a process that a task uses: the lane of its event, or `jobs`. Sagas use `urgent`. */
export type Lane = EventLane | 'jobs'

export interface TaskHandler {
  /** Runs the task and completes it with {@link complete}, {@link reschedule} or a saga's progress. */
  run(task: Task, lease: AbortSignal): Promise<void>
  /** After this many attempts the task is a dead letter and waits for an operator. Without it, retries never end. */
  readonly maxAttempts?: number
  /** Upper limit of the exponential backoff between attempts; 5 minutes by default. */
  readonly longestPauseMs?: number
  /** Runs instead of making the task a dead letter, for work that simply continues at its next time. */
  readonly onExhausted?: (task: Task) => Promise<void>
  /** `events` by default. */
  readonly lane?: Lane
  /** Most concurrent runs in this process; by default as many as its lane has slots. */
  readonly concurrency?: number
  /** Runs several tasks together, all or nothing; after a failure, one by one. Batches have a slot of their own. */
  readonly batch?: { readonly size: number; runAll(tasks: readonly Task[], lease: AbortSignal): Promise<void> }
}

/** Prefix of relays: handlers that pass events on to another database. Any process with this database may run them. */
export const RELAY = 'relay/'
/** Suffix of a relay that passes on no event, but the fields to replace in events that were passed on before. */
export const PSEUDONYMISING = '/pseudonymise'

/** Another process took the task over while this one stalled; the transaction of this one rolls back. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

/** A retry cannot help, so the task waits for an operator at once. */
export class NonRetryableError extends Error {
  override readonly name = 'NonRetryableError'
}

/** How long a claim lasts without renewal. */
export const LEASE_MS = 5_000

/** NOTIFY channel that announces due work. The payload is a handler, the name of an event, or '' for anything. */
export const DUE_CHANNEL = 'doran_tasks'

/** Fragment that notifies the workers of this database of what its statement makes due. */
export const due = (what: string) => sql.notify(DUE_CHANNEL, what)

/** Adds a task in the caller's transaction. With a key, adds nothing if an unfinished task of the handler has it. */
export async function addTask(
  tx: Queryable,
  task: { handler: string; payload: unknown; key?: string; trace?: string | null; runAt?: Date },
): Promise<void> {
  await tx.later(sql`
    insert into doran.tasks (handler, key, payload, trace, run_at)
    values (${task.handler}, ${task.key ?? null}, ${sql.json(task.payload)}, ${task.trace ?? null},
            coalesce(${task.runAt?.toISOString() ?? null}::timestamptz, now()))
    on conflict (handler, key) where key is not null do nothing ${due(task.handler)}`)
}

/** Condition on the row of the task: its holder has not lost the lease. */
export const leaseHeld = ({ id, epoch }: Task) =>
  holds('lease-epoch') ? sql`id = ${id} and epoch = ${epoch}` : sql`id = ${id}`

/** Statement that completes the task. It affects no row when the holder has lost the lease. */
export const completed = (task: Task) => sql`delete from doran.tasks where ${leaseHeld(task)}`

/** Statement with which the holder keeps the task: renews the lease and counts the attempts from 1 again. */
export const leaseRenewed = (task: Task) => sql`
  update doran.tasks set run_at = now() + make_interval(secs => ${LEASE_MS / 1000}), attempts = 1, failing_since = null
  where ${leaseHeld(task)}`

/** Throws {@link LeaseLostError} when a statement with the condition {@link leaseHeld} has affected no row. */
export function assertHeld(rows: number): void {
  if (rows === 0 && holds('lease-epoch')) throw new LeaseLostError()
}

/** Completes the task in the transaction of its effects: both happen or neither. Throws {@link LeaseLostError}. */
export async function complete(tx: Queryable, task: Task): Promise<void> {
  assertHeld(await tx.run(completed(task)))
}

/**
 * Schedules the next run of the task and resets its attempts. The new epoch makes a late renewal of the lease void.
 * Throws {@link LeaseLostError}.
 */
export async function reschedule(tx: Queryable, task: Task, at: Date): Promise<void> {
  assertHeld(
    await tx.run(sql`
      update doran.tasks set run_at = ${at.toISOString()}, attempts = 0, epoch = epoch + 1, failing_since = null
      where ${leaseHeld(task)}`),
  )
}

// -- For operators

export type TaskSummary = Pick<Task, 'id' | 'handler' | 'attempts'> & {
  state: 'ready' | 'dead'
  holder: string | null
  run_at: string
  /** When the current series of failed attempts began; null while there is none. */
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

/** Makes a dead task ready again and resets its attempts; false when no dead task has this id. */
export async function replayTask(database: Queryable, id: number): Promise<boolean> {
  const rows = await database.run(sql`
    update doran.tasks set state = 'ready', attempts = 0, run_at = now(), failing_since = null
    where id = ${id} and state = 'dead' ${due('')}`)
  return rows > 0
}

/** Deletes a dead task; false when no dead task has this id. */
export async function discardTask(database: Queryable, id: number): Promise<boolean> {
  const rows = await database.run(sql`
    with gone as (delete from doran.tasks where id = ${id} and state = 'dead' returning handler, payload), unwatched as (
      update doran.inbox i set handled = null from gone g
      where i.event_id = (g.payload ->> 'id')::uuid and i.handler = g.handler
    )
    select 1 from gone`)
  return rows > 0
}
