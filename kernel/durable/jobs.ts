/**
 * Jobs: each is one task that never ends. Completing a run moves its time to the next one, in the same row, so
 * the plan survives restarts and exactly one process runs each time.
 */
import { Cron } from 'croner'
import type { Queryable } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import type { Context, Job } from '../service.ts'
import { reschedule, type Task, type TaskHandler } from './tasks.ts'

const ATTEMPTS = 5

export function jobHandlerName(service: string, job: Pick<Job, 'name'>): string {
  return `${service}/job:${job.name}`
}

/** The next time after `after` at which the job is due. */
export function nextRun({ name, cron, timeZone = 'UTC' }: Job, after = new Date()): Date {
  const next = new Cron(cron, { timezone: timeZone, mode: '5-part' }).nextRun(after)
  if (!next) throw new Error(`the job ${name} never runs: ${cron}`)
  return next
}

/** Enters the job into the plan; one that is there keeps its next time unless its schedule has changed. */
export async function planJob(database: Queryable, service: string, job: Job): Promise<void> {
  const schedule = sql.json({ cron: job.cron, timeZone: job.timeZone ?? 'UTC' })
  await database.run(sql`
    insert into doran.tasks (handler, key, payload, run_at)
    values (${jobHandlerName(service, job)}, 'plan', ${schedule}, ${nextRun(job).toISOString()})
    on conflict (handler, key) where key is not null do update
      set payload = excluded.payload, run_at = excluded.run_at, state = 'ready', attempts = 0
      where doran.tasks.payload <> excluded.payload`)
}

export function jobHandler(job: Job, contextFor: (task: Task) => Context<undefined>): TaskHandler {
  return {
    maxAttempts: ATTEMPTS,
    async run(task) {
      const ctx = contextFor(task)
      await job.run(ctx)
      await reschedule(ctx.db, task, nextRun(job))
    },
    onExhausted: (task) => reschedule(contextFor(task).db, task, nextRun(job)),
  }
}
