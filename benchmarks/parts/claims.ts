/** The cost of a claim beside the tasks of a service that is away. */
import { kernelMigrations, migrate, Pool } from '@doran/kernel/platform'
import { claim, type Vacancies } from '../../platform/kernel/tasks/claim.ts'
import { compare, repeat, type Side } from '../rounds.ts'
import type { Row } from '../rows.ts'
import type { Suite } from '../suite.ts'

const ABSENT_TASKS = 300_000

/** Thirty handlers of an idle process. */
const vacancies: Vacancies = {
  handlers: Array.from({ length: 30 }, (_, index) => ({
    handler: `order/on:${index}`,
    group: 'events',
    groupRoom: 4,
    room: 4,
    running: 0,
  })),
  relays: { urgent: 8, events: 4, bulk: 2 },
  relaying: {},
  leaseMs: 5_000,
  holder: 'benchmark',
}

export async function claims(suite: Suite): Promise<Row[]> {
  const { postgres, settings } = suite
  const pools: Pool[] = []
  async function side(database: string, tasks: number): Promise<Side> {
    await postgres.create(database)
    await migrate(postgres.url(database), [kernelMigrations])
    await postgres.run(
      database,
      `insert into doran.tasks (handler, payload, run_at)
       select 'search/on:product.changed', jsonb_build_object('data', repeat('x', 300)), now() - interval '1 hour'
       from generate_series(1, ${tasks})`,
    )
    await postgres.run(database, 'vacuum analyze doran.tasks')
    const pool = new Pool(postgres.url(database), 5)
    pools.push(pool)
    return { pids: [process.pid], load: () => repeat(() => claim(pool.at(0), vacancies), settings) }
  }
  const rows = await compare(
    [
      {
        what: `claims that find nothing, beside ${ABSENT_TASKS.toLocaleString('en-US')} tasks of an absent service / without`,
        bar: { atLeast: 0.8 },
        doran: await side('claims-busy', ABSENT_TASKS),
        floor: await side('claims-quiet', 0),
      },
    ],
    suite,
  )
  await Promise.all(pools.map((pool) => pool.close()))
  return rows
}
