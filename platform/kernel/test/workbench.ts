/** Workers with a database of their own, for tests of tasks. */
import { type Queryable, sql } from '@doran/kernel'
import { createLog, Pool } from '@doran/kernel/platform'
import { createTestDatabase } from '@doran/kernel/testing'
import { complete, type Task, type TaskHandler } from '../tasks/tasks.ts'
import { Worker, type WorkerOptions } from '../tasks/worker.ts'
import { createMetrics } from '../telemetry/index.ts'

export interface Workbench {
  readonly pool: Pool
  readonly db: Queryable
  /** Starts a worker with these handlers. A handler that is a function has three attempts. */
  worker(
    handlers: Readonly<Record<string, TaskHandler | TaskHandler['run']>>,
    options?: Partial<Omit<WorkerOptions, 'handlers'>>,
  ): Worker
  /** Adds `count` tasks that are due. */
  add(handler: string, count: number): Promise<void>
  /** How many tasks there are, whatever their state. */
  remaining(): Promise<number>
  /** Completes the task without any other effect. */
  end(task: Task): Promise<void>
  /** Closes all workers and empties the tables. */
  clear(): Promise<void>
  close(): Promise<void>
}

export async function openWorkbench(): Promise<Workbench> {
  const database = await createTestDatabase([])
  const pool = new Pool(database.url, 20)
  const db = pool.at(0)
  const workers: Worker[] = []

  async function clear(): Promise<void> {
    await Promise.all(workers.splice(0).map((worker) => worker.close(0)))
    await db.run(sql`truncate doran.tasks, doran.subscriptions, doran.inbox, doran.events`)
  }

  return {
    pool,
    db,
    worker(handlers, options = {}) {
      const complete = Object.entries(handlers).map(([name, handler]): [string, TaskHandler] => [
        name,
        typeof handler === 'function' ? { maxAttempts: 3, run: handler } : handler,
      ])
      const worker = new Worker({
        pool,
        handlers: new Map(complete),
        relay: { maxAttempts: 1, run: async () => {} },
        log: createLog('silent'),
        metrics: createMetrics(),
        concurrency: 8,
        pollMs: 50,
        ...options,
      })
      workers.push(worker)
      worker.start()
      return worker
    },
    async add(handler, count) {
      await db.run(sql`
        insert into doran.tasks (handler, payload, run_at)
        select ${handler}, jsonb_build_object('id', gen_random_uuid(), 'data', '{}'::jsonb), now() - interval '1 hour'
        from generate_series(1, ${count}::integer)`)
    },
    remaining: async () => (await db.one<{ count: number }>(sql`select count(*) from doran.tasks`)).count,
    end: (task) => complete(db, task),
    clear,
    async close() {
      await clear()
      await pool.close()
      await database.drop()
    },
  }
}

/** Polls until the answer is truthy, or a list that is not empty, and returns it. */
export async function until<T>(ask: () => T | Promise<T>): Promise<T> {
  for (;;) {
    const answer = await ask()
    if (Array.isArray(answer) ? answer.length > 0 : answer) return answer
    await new Promise((wake) => setTimeout(wake, 10))
  }
}
