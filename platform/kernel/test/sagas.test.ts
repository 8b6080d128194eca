import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { domainError, newId, type SagaTurn, type StepResults, saga, service, sql, startSaga, step } from '@doran/kernel'
import { contract, Type } from '@doran/kernel/contract'
import { kernelErrors, listTasks, replayTask, type TaskSummary } from '@doran/kernel/platform'
import { outlast, startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { forgetFinishedSagas, readFailingSagas, sagaHandlerName } from '../durable/sagas.ts'
import { deleteInBatches } from '../tasks/retention.ts'
import { addTask } from '../tasks/tasks.ts'

const soldOut = domainError('sold_out', 409, 'The flight is sold out.')
const away = kernelErrors.serviceUnavailable({ service: 'airline', retryAfter: 1 })
const MINUTE_MS = 60_000

/** What a step's act, record or undo does this time; nothing by default. */
const doubles: Record<string, (told: { turn?: SagaTurn; results?: StepResults }) => unknown> = {}
const log: string[] = []

function run(what: string, told: { turn?: SagaTurn; results?: StepResults }) {
  log.push(told.turn ? `${what} (${told.turn.outcome})` : what)
  return doubles[what]?.(told)
}

const act = (name: string) => async (_input: unknown, _ctx: unknown, results: StepResults) => run(name, { results })
const undo = (name: string) => async (_input: unknown, _ctx: unknown, turn: SagaTurn) =>
  void (await run(`undo ${name}`, { turn }))

const holdSeat = step('hold', { act: act('hold'), undo: undo('hold'), giveUpAfterMs: 2 * MINUTE_MS })
const journey = saga('journey', {
  version: 2,
  continues: [1],
  input: Type.Object({ id: Type.String() }),
  steps: [
    holdSeat,
    step('charge', { act: act('charge'), undo: undo('charge'), pivot: true }),
    step('issue', { act: act('issue'), turnsRoundOn: ['sold_out'] }),
    step('tell', { record: async (_input, _tx, _ctx, results) => void (await run('tell', { results })) }),
  ],
})
const travel = service(contract('travel', {}), { operations: {}, sagas: [journey] })

describe('a saga', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await startPlatform({ services: [travel] })
  })
  beforeEach(() => {
    log.length = 0
    for (const name of Object.keys(doubles)) delete doubles[name]
  })
  after(() => platform.close())

  const db = () => platform.database('travel')
  const start = async () => {
    const id = newId()
    await db().transaction((tx) => startSaga(tx, journey, id, { id }))
    return id
  }
  const read = (key: string) =>
    db().one<{ state: string; error: object | null }>(sql`select state, error from doran.sagas where key = ${key}`)

  /** Makes the service behind a step unavailable for `ms` milliseconds. */
  async function outage(what: string, ms: number, afterwards: () => unknown = () => {}): Promise<void> {
    doubles[what] = () => {
      throw away
    }
    await outlast(db(), ms, async () => {
      await afterwards()
      delete doubles[what]
    })
    await platform.settled()
  }

  async function parked() {
    for (;;) {
      const [dead] = await listTasks(db(), 'dead')
      if (dead) return dead
      await new Promise((wake) => setTimeout(wake, 5))
    }
  }

  it('continues after its pivot, however long a service is down', async () => {
    const id = await start()
    await outage('issue', 60 * MINUTE_MS)

    assert.equal((await read(id)).state, 'done')
    assert.ok(log.length > 50)
    assert.deepEqual([log.at(0), log.at(-1), log.some((what) => what.startsWith('undo'))], ['hold', 'tell', false])
  })

  it('gives up a step after its time limit, and tells its undo that the outcome is unknown', async () => {
    const short = await start()
    await outage('hold', MINUTE_MS)
    assert.equal((await read(short)).state, 'done')

    const id = await start()
    await outage('hold', 4 * MINUTE_MS)

    assert.deepEqual(await read(id), {
      state: 'undone',
      error: { step: 'hold', code: 'unavailable', message: 'A part of Doran did not answer.', outcome: 'unknown' },
    })
    assert.equal(log.at(-1), 'undo hold (unknown)')
  })

  it('compensates when its pivot is refused: that step did nothing, earlier ones are done', async () => {
    doubles.charge = () => {
      throw soldOut()
    }
    const id = await start()
    await platform.settled()

    assert.equal((await read(id)).state, 'undone')
    assert.deepEqual(log, ['hold', 'charge', 'undo charge (refused)', 'undo hold (done)'])
  })

  it('compensates after its pivot only for a refusal that the step names', async () => {
    doubles.issue = () => {
      throw soldOut()
    }
    const id = await start()
    await platform.settled()

    assert.equal((await read(id)).state, 'undone')
    assert.deepEqual(log.slice(3), ['undo charge (done)', 'undo hold (done)'])
  })

  it('waits for an operator after any other refusal past its pivot, and continues when it is replayed', async () => {
    doubles.issue = () => {
      throw domainError('no_such_flight', 404, 'There is no such flight.')()
    }
    const id = await start()
    const dead = await parked()
    assert.match(dead.last_error ?? '', /issue was refused and the saga cannot turn round: no_such_flight/)
    assert.equal(log.length, 3)

    delete doubles.issue
    assert.equal(await replayTask(db(), dead.id), true)
    await platform.settled()

    assert.equal((await read(id)).state, 'done')
    assert.equal(await replayTask(db(), dead.id), false)
  })

  it('retries an undo without limit', async () => {
    doubles.charge = () => {
      throw soldOut()
    }
    const id = await start()
    await outage('undo hold', 60 * MINUTE_MS, async () => assert.equal((await read(id)).state, 'compensating'))

    assert.equal((await read(id)).state, 'undone')
  })

  it('waits for an operator when an undo is refused', async () => {
    doubles.charge = () => {
      throw soldOut()
    }
    doubles['undo hold'] = () => {
      throw soldOut()
    }
    const id = await start()
    const dead = await parked()
    assert.match(dead.last_error ?? '', /hold cannot be taken back: sold_out/)

    delete doubles['undo hold']
    await replayTask(db(), dead.id)
    await platform.settled()

    assert.equal((await read(id)).state, 'undone')
  })

  for (const [why, error] of [
    ['an expired token', kernelErrors.tokenInvalid()],
    ['a forbidden call', kernelErrors.forbidden()],
    ['a route that does not exist yet', kernelErrors.routeNotFound({ method: 'POST', path: '/calls' })],
    ['too many requests', domainError('rate_limited', 429, 'Too many.')()],
  ] as const) {
    it(`retries after ${why}, which is no refusal`, async () => {
      let tries = 0
      doubles.hold = () => {
        if (++tries < 3) throw error
      }
      const id = await start()
      await platform.settled()

      assert.equal((await read(id)).state, 'done')
    })
  }

  it('gives the results of earlier steps to later ones, also after retries', async () => {
    const seen: unknown[] = []
    doubles.hold = () => ({ seat: '12A', until: new Date(0) })
    doubles.charge = ({ results }) => {
      seen.push(results?.of(holdSeat))
      if (seen.length < 3) throw away
    }
    doubles.tell = ({ results }) => seen.push(results?.of(holdSeat))
    await start()
    await platform.settled()

    assert.deepEqual(seen, Array(4).fill({ seat: '12A', until: '1970-01-01T00:00:00.000Z' }))
  })

  it('has no results of steps that are not done', async () => {
    let complaint: unknown
    doubles.hold = ({ results }) => {
      try {
        results?.of(holdSeat)
      } catch (error) {
        complaint = error
      }
    }
    await start()
    await platform.settled()

    assert.match(String(complaint), /the step hold has no result: it is not done/)
  })

  it('that the previous version has started is finished', async () => {
    const id = newId()
    await db().transaction(async (tx) => {
      await tx.run(sql`
        insert into doran.sagas (id, service, name, version, key, input, step, results)
        values (${id}, 'travel', 'journey', 1, ${id}, ${sql.json({ id })}, 2, '{"hold": true, "charge": true}')`)
      const handler = sagaHandlerName('travel', { name: 'journey', version: 1 })
      await addTask(tx, { handler, key: id, payload: { saga: id } })
    })
    await db().run(sql`select pg_notify('doran_tasks', '')`)
    await platform.settled()

    assert.equal((await read(id)).state, 'done')
    assert.deepEqual(log, ['issue', 'tell'])
  })

  it('without a stored state waits for an operator', async () => {
    const handler = sagaHandlerName('travel', journey)
    await addTask(db(), { handler, payload: { saga: newId() } })
    const dead = await parked()
    await db().run(sql`delete from doran.tasks where id = ${dead.id}`)

    assert.match(dead.last_error ?? '', /there is no saga/)
  })

  it('that fails is listed with its error, its attempts and the start of its failures, until it continues', async () => {
    const seen: { tasks: TaskSummary[]; failing: Awaited<ReturnType<typeof readFailingSagas>> }[] = []
    await start()
    await outage('charge', 10 * MINUTE_MS, async () => {
      do seen.unshift({ tasks: await listTasks(db(), 'trouble'), failing: await readFailingSagas(db(), [travel]) })
      while (!seen[0]?.tasks[0]?.last_error)
    })

    const [task, failing] = [seen[0]?.tasks[0], seen[0]?.failing[0]]
    assert.match(task?.last_error ?? '', /cannot be reached/)
    assert.ok(task && task.attempts > 10 && task.failing_since)
    assert.ok(failing?.handler === 'travel/saga:journey@2' && failing.seconds >= 600)
    assert.deepEqual(await listTasks(db(), 'trouble'), [])
    assert.deepEqual(await readFailingSagas(db(), [travel]), [{ handler: 'travel/saga:journey@2', seconds: 0 }])
  })

  it('is deleted thirty days after its end, and never before its end', async () => {
    await db().run(sql`delete from doran.sagas`)
    await db().run(sql`
      insert into doran.sagas (id, service, name, version, key, input, state, created_at, updated_at)
      select gen_random_uuid(), 'travel', 'journey', 2, n::text, '{}',
             case when n = 1 then 'running' when n % 2 = 0 then 'done' else 'undone' end,
             now() - interval '40 days', now() - make_interval(days => case when n = 2 then 29 else 31 end)
      from generate_series(1, 2500) as n`)

    await deleteInBatches((limit) => forgetFinishedSagas(db(), limit), new AbortController().signal, 1_000)

    assert.deepEqual(await db().all(sql`select key from doran.sagas order by key`), [{ key: '1' }, { key: '2' }])
  })
})

describe('the definition of a saga', () => {
  const define = (...steps: Parameters<typeof saga>[1]['steps']) =>
    saga('trial', { version: 1, input: Type.Object({}), steps })
  const nothing = async () => {}

  for (const [what, complaint, steps] of [
    [
      'a pivot that gives up',
      /gives up, but/,
      [step('a', { act: nothing, undo: nothing, pivot: true, giveUpAfterMs: 1 })],
    ],
    [
      'a step after the pivot that gives up',
      /the step b of the saga trial gives up, but from the pivot on a saga goes forward/,
      [step('a', { pivot: true }), step('b', { act: nothing, undo: nothing, giveUpAfterMs: 1 })],
    ],
    [
      'a step that gives up and cannot be taken back',
      /needs an `undo`/,
      [step('a', { act: nothing, giveUpAfterMs: 1 })],
    ],
    ['two pivots', /second pivot/, [step('a', { pivot: true }), step('b', { pivot: true })]],
    ['two steps with the same name', /name of another step/, [step('a', {}), step('a', {})]],
  ] as const) {
    it(`refuses ${what}`, () => {
      assert.throws(() => define(...steps), complaint)
    })
  }
})
