/** Waits until a system is at rest, and measures its sagas. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Queryable, sql } from '@doran/kernel'
import { median } from './probes.ts'

export interface Rest {
  /** Milliseconds until nothing was due or in progress; null if that took longer than the bound. */
  readonly took: number | null
  readonly unfinishedSagas: number
  readonly dueTasks: number
  readonly deadTasks: number
}

/** Waits until no saga is unfinished and no task is due in any of the databases, for `bound` milliseconds at most. */
export async function settle(databases: readonly Queryable[], bound: number): Promise<Rest> {
  const begun = performance.now()
  for (;;) {
    const all = await Promise.all(databases.map(count))
    const [unfinishedSagas, dueTasks, deadTasks] = [sum(all, 'sagas'), sum(all, 'due'), sum(all, 'dead')]
    const took = performance.now() - begun
    if (unfinishedSagas + dueTasks === 0) return { took, unfinishedSagas, dueTasks, deadTasks }
    if (took > bound) return { took: null, unfinishedSagas, dueTasks, deadTasks }
    await pause(100)
  }
}

/** A job that waits for its next run is at rest. A failed task that waits for its next attempt is not. */
function count(database: Queryable): Promise<{ sagas: number; due: number; dead: number }> {
  return database.one(sql`
    select (select count(*) from doran.sagas where state in ('running', 'compensating')) as sagas,
           count(*) filter (where state = 'ready' and (key is distinct from 'plan' or run_at <= now())) as due,
           count(*) filter (where state = 'dead') as dead
    from doran.tasks`)
}

function sum<K extends string>(rows: readonly Record<K, number>[], name: K): number {
  return rows.reduce((total, row) => total + row[name], 0)
}

export interface SagaTimes {
  readonly count: number
  /** Seconds from start to end. */
  readonly median: number
  readonly longest: number
}

export async function sagaTimes(database: Queryable): Promise<SagaTimes> {
  const rows = await database.all<{ seconds: number }>(sql`
    select extract(epoch from updated_at - created_at)::double precision as seconds from doran.sagas
    where state in ('done', 'undone')`)
  const seconds = rows.map((row) => row.seconds)
  return { count: seconds.length, median: median(seconds) ?? 0, longest: Math.max(0, ...seconds) }
}
