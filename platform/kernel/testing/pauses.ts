import type { Queryable } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { due } from '../tasks/tasks.ts'

const POLL_INTERVAL_MS = 5

/**
 * Simulates an outage of `ms` milliseconds without waiting for it. The outage begins with the first failing attempt.
 * All retries of that time run now, one after the other, as if the pauses before them had passed. It stops early when
 * no task is left. Then `end` ends the outage, and retries of at most `ms` more are simulated. Returns whether all
 * tasks have stopped failing.
 */
export async function outlast(database: Queryable, ms: number, end: () => unknown): Promise<boolean> {
  for (let passed = 0; passed < ms && (passed === 0 || (await hasTasks(database))); ) {
    passed += await skipPauses(database)
    await letTasksRun()
  }
  await end()
  for (let passed = 0; await isFailing(database); ) {
    if (passed > ms) return false
    passed += await skipPauses(database)
    await letTasksRun()
  }
  return true
}

/**
 * Makes failed tasks due now, as if the pause before their next attempt had passed. Returns the longest pause in
 * milliseconds; 0 when no task waits. It clears the recorded error, so a second call takes a task only after another
 * failure.
 */
async function skipPauses(database: Queryable): Promise<number> {
  const { skippedMs } = await database.one<{ skippedMs: number }>(sql`
    with waiting as (
      select id, run_at - now() as pause from doran.tasks
      where state = 'ready' and failing_since is not null and last_error is not null and run_at > now()
      for update skip locked
    ), skipped as (
      update doran.tasks t set run_at = now(), failing_since = failing_since - pause, last_error = null
      from waiting where t.id = waiting.id returning pause
    )
    select coalesce(max(extract(epoch from pause) * 1000), 0)::float8 as "skippedMs" from skipped ${due('')}`)
  return skippedMs
}

async function hasTasks(database: Queryable): Promise<boolean> {
  const open = sql`select 1 as one from doran.tasks where key is distinct from 'plan' and state = 'ready' limit 1`
  return (await database.first(open)) !== undefined
}

async function isFailing(database: Queryable): Promise<boolean> {
  const failing = sql`select 1 as one from doran.tasks where failing_since is not null and state = 'ready' limit 1`
  return (await database.first(failing)) !== undefined
}

function letTasksRun(): Promise<void> {
  return new Promise((wake) => setTimeout(wake, POLL_INTERVAL_MS))
}
