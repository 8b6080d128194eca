import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { COUNTED_AT_MOST, countTasks } from '../tasks/backlog.ts'
import { claim, claimStatement, type Vacancies } from '../tasks/claim.ts'
import { openWorkbench, type Workbench } from './workbench.ts'

const BACKLOG_TASKS = 50_000

describe('a claim', { timeout: 60_000 }, () => {
  let bench: Workbench
  before(async () => {
    bench = await openWorkbench()
  })
  afterEach(() => bench.clear())
  after(() => bench.close())

  const vacancies: Vacancies = {
    handlers: Array.from({ length: 30 }, (_, index) => ({
      handler: `order/on:${index}`,
      group: 'events',
      groupRoom: 8,
      room: 8,
      running: 0,
    })),
    relays: { urgent: 8, events: 8, bulk: 2 },
    relaying: {},
    leaseMs: 5_000,
    holder: 'test',
  }

  /** Pages of 8 kB that PostgreSQL reads for the statement, and its plan as text. */
  async function costOf(query: ReturnType<typeof sql>) {
    const row = await bench.db.one<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      sql`explain (analyze, buffers, format json) ${query}`,
    )
    const plan = row['QUERY PLAN'][0].Plan
    return { pages: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'], text: JSON.stringify(plan) }
  }

  it('reads as little with the backlog of an absent service as without it', async () => {
    await bench.db.run(sql`analyze doran.tasks`)
    await costOf(claimStatement(vacancies))
    const quiet = await costOf(claimStatement(vacancies))

    await bench.add('search/on:product.changed', BACKLOG_TASKS)
    await bench.db.run(sql`analyze doran.tasks`)
    const busy = await costOf(claimStatement(vacancies))

    assert.ok(busy.pages < quiet.pages + 300, `${quiet.pages} pages without it, ${busy.pages} beside it`)
    assert.doesNotMatch(busy.text, /Seq Scan","[^}]*"Relation Name":"tasks"/)
    // For comparison, a statement that reads all tasks: the index saves the difference.
    const all = await costOf(sql`select count(payload) from doran.tasks where state = 'ready' and run_at <= now()`)
    assert.ok(all.pages > 10 * busy.pages, `${all.pages} pages to read all, ${busy.pages} to claim`)
  })

  it('takes the oldest tasks of each handler first, and no more than there are free slots', async () => {
    for (const handler of ['order/on:0', 'order/on:1', 'order/on:2']) await bench.add(handler, 6)

    const { tasks, contended } = await claim(bench.db, vacancies)

    assert.equal(contended, false)
    const taken = Map.groupBy(tasks, ({ handler }) => handler)
    assert.deepEqual([...taken.values()].map(({ length }) => length).sort(), [2, 3, 3])
  })

  it('reports that other processes were faster, so that the worker claims again', async () => {
    await bench.add('order/on:0', 3)

    const answer = await bench.pool.at(0).transaction(async (tx) => {
      await tx.run(sql`select from doran.tasks for update`)
      return claim(bench.db, vacancies)
    })

    assert.deepEqual(answer, { tasks: [], contended: true })
  })

  it('returns nothing when nothing is due', async () => {
    assert.deepEqual(await claim(bench.db, vacancies), { tasks: [], contended: false })
  })

  it('is not delayed by counts of the backlog, which stop at ten thousand for each handler', async () => {
    await bench.add('search/on:product.changed', COUNTED_AT_MOST + 5)
    await bench.add('order/saga:checkout@1', 2)

    const counted = await countTasks(bench.db, [])

    const due = Object.fromEntries(counted.map(({ service, lane, due }) => [`${service} ${lane}`, due]))
    assert.deepEqual(due, { 'search events': COUNTED_AT_MOST, 'order urgent': 2 })
    assert.ok(counted.every(({ lag }) => lag >= 3_600))
  })
})

interface Plan {
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
}
