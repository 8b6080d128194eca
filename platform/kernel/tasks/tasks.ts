/**
 * Durable tasks: what must happen later, and must not be forgotten. A process holds a task by a lease and completes it in
 * the same transaction as its effects. Only the database's clock counts. A process that dies, or stops for longer than a
 * lease, loses its tasks to another one; the epoch keeps it from finishing them twice.
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

/** Which slots of a process a task takes: those of its event, or those of jobs. A saga's are `urgent`. */
export type Lane = EventLane | 'jobs'

export interface TaskHandler {
  /** Runs the task and completes it with {@link complete}, {@link reschedule} or a saga's progress. */
  run(task: Task, lease: AbortSignal): Promise<void>
  /** Attempts after which it waits for an operator, as a dead letter; without it, it is tried for as long as it takes. */
  readonly maxAttempts?: number
  /** Upper bound of the growing pauses between attempts; 5 minutes by default. */
  readonly longestPauseMs?: number
  /** Called in place of dying, for work that must simply go on at its next time. */
  readonly onExhausted?: (task: Task) => Promise<void>
  /** `events` by default. */
  readonly lane?: Lane
  /** Most runs at once in this process; by default as many as its lane has slots. */
  readonly concurrency?: number
  /** Runs several tasks at once, all or nothing. What fails so is run task by task. It has a slot of its own. */
  readonly batch?: { readonly size: number; runAll(tasks: readonly Task[], lease: AbortSignal): Promise<void> }
}

/** Prefix of tasks that any process with this database may run: events to be handed on to another database. */
export const RELAY = 'relay/'
/** End of the name of a relay that hands on no event, but what to replace in those that were handed on. */
export const PSEUDONYMISING = '/pseudonymise'

/** The task was taken over while this process was away; what it did is rolled back. */
export class LeaseLostError extends Error {
  override readonly name = 'LeaseLostError'
}

/** The task would fail in the same way however often it is tried, so it waits for an operator at once. */
export class NonRetryableError extends Error {
  override readonly name = 'NonRetryableError'
}

/** For how many milliseconds a claim holds without renewal. */
export const LEASE_MS = 5_000

/** The channel on which processes hear that something is due: a handler, the name of an event, or anything for ''. */
export const DUE_CHANNEL = 'doran_tasks'

/** Tells the workers of this database what the statement around it has made due. */
export const due = (what: string) => sql.notify(DUE_CHANNEL, what)

/** Adds a task in the caller's transaction. With a key, a live task that has it already stays as it is. */
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

/** The task's row as long as its holder has not lost it. */
export const inHands = ({ id, epoch }: Task) =>
  holds('lease-epoch') ? sql`id = ${id} and epoch = ${epoch}` : sql`id = ${id}`

/** Statement that ends the task; it touches no row when its holder has lost it. */
export const completed = (task: Task) => sql`delete from doran.tasks where ${inHands(task)}`

/** Statement by which the task goes on at once in the same hands, its attempts counted anew. */
export const heldOn = (task: Task) => sql`
  update doran.tasks set run_at = now() + make_interval(secs => ${LEASE_MS / 1000}), attempts = 1, failing_since = null
  where ${inHands(task)}`

/** Throws when a statement that was to change the task, or go with it, has touched no row. */
export function assertHeld(rows: number): void {
  if (rows === 0 && holds('lease-epoch')) throw new LeaseLostError()
}

/** The task is done. Part of the transaction that holds its effects: both happen or neither. */
export async function complete(tx: Queryable, task: Task): Promise<void> {
  assertHeld(await tx.run(completed(task)))
}

/** The task goes on later, with its attempts counted from nothing. A renewal that comes too late finds another epoch. */
export async function reschedule(tx: Queryable, task: Task, at: Date): Promise<void> {
  assertHeld(
    await tx.run(sql`
      update doran.tasks set run_at = ${at.toISOString()}, attempts = 0, epoch = epoch + 1, failing_since = null
      where ${inHands(task)}`),
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
    update doran.tasks set state = 'ready', attempts = 0, run_at = now(), failing_since = null
    where id = ${id} and state = 'dead' ${due('')}`)
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
