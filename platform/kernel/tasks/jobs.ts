/**
 * Jobs. A job is one task that never completes: the end of each run moves the same row to the next time. So the
 * schedule survives restarts, and exactly one process runs the job each time.
 */
import { createHash } from 'node:crypto'
import { Cron } from 'croner'
import type { Queryable } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import type { Context, Job } from '../service/service.ts'
import { reschedule, type Task, type TaskHandler } from './tasks.ts'

const MAX_ATTEMPTS = 5
/** Jobs of the same time start spread over this interval, each always after the same delay. */
const SPREAD_MS = 20_000

export function jobHandlerName(service: string, job: Pick<Job, 'name'>): string {
  return `${service}/job:${job.name}`
}

/** The next scheduled time of the job after `after`. */
export function nextRun({ name, cron, timeZone = 'UTC' }: Job, after = new Date()): Date {
  const next = new Cron(cron, { timezone: timeZone, mode: '5-part' }).nextRun(after)
  if (!next) throw new Error(`the job ${name} never runs: ${cron}`)
  return next
}

/** When the job is next due. A delay of its own keeps the jobs of one minute from taking all slots at once. */
export function nextDue(service: string, job: Job, after = new Date()): Date {
  const share = createHash('sha256').update(jobHandlerName(service, job)).digest().readUInt32BE() / 2 ** 32
  return new Date(nextRun(job, after).getTime() + Math.floor(share * SPREAD_MS))
}

/** Plans the job. A job that is planned already keeps its next time unless its schedule has changed. */
export async function planJob(database: Queryable, service: string, job: Job): Promise<void> {
  const schedule = sql.json({ cron: job.cron, timeZone: job.timeZone ?? 'UTC' })
  await database.run(sql`
    insert into doran.tasks (handler, key, payload, run_at)
    values (${jobHandlerName(service, job)}, 'plan', ${schedule}, ${nextDue(service, job).toISOString()})
    on conflict (handler, key) where key is not null do update
      set payload = excluded.payload, run_at = excluded.run_at, state = 'ready', attempts = 0
      where doran.tasks.payload <> excluded.payload`)
}

export function jobHandler(
  service: string,
  job: Job,
  contextFor: (task: Task, lease?: AbortSignal) => Context<undefined>,
): TaskHandler {
  return {
    lane: 'jobs',
    maxAttempts: MAX_ATTEMPTS,
    async run(task, lease) {
      const ctx = contextFor(task, lease)
      await job.run(ctx)
      await reschedule(ctx.db, task, nextDue(service, job))
    },
    onExhausted: (task) => reschedule(contextFor(task).db, task, nextDue(service, job)),
  }
}
