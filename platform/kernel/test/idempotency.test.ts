import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { service, sql } from '@doran/kernel'
import { contract, get, post, Type } from '@doran/kernel/contract'
import { startPlatform, type TestPlatform, type TestUser } from '@doran/kernel/testing'
import { NestedKeys } from '../service/idempotency.ts'
import { noteService, noteWritten, printerService } from './note-service.ts'

describe('an idempotency key', () => {
  let platform: TestPlatform
  let caller: TestUser
  before(async () => {
    platform = await startPlatform({ services: [noteService, printerService] })
    caller = await platform.user()
  })
  after(() => platform.close())

  const write = (id: string, key: string, text = 'x', as: TestUser | undefined = caller) =>
    platform.request('POST', `/api/notes/${id}`, { body: { text }, headers: { 'idempotency-key': key }, as })
  const writeAsGuest = (id: string, key: string) =>
    platform.request('POST', `/api/notes/${id}`, { body: { text: 'x' }, headers: { 'idempotency-key': key } })

  it('returns the same answer again without repeating the effect', async () => {
    const first = await write('a', 'key-a')
    const again = await write('a', 'key-a')

    assert.deepEqual([again.status, again.body], [first.status, first.body])
    assert.equal((await platform.events(noteWritten)).filter(({ id }) => id === 'a').length, 1)
  })

  it('lets one of twenty concurrent requests run and gives all of them its answer', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => write('b', 'key-b')))

    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
    assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body))).size, 1)
    assert.equal((await platform.events(noteWritten)).filter(({ id }) => id === 'b').length, 1)
  })

  it('is needed for that: without one, all twenty requests run', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => platform.request('POST', '/api/notes/c', { body: { text: 'x' } })),
    )

    assert.equal(answers.filter(({ status }) => status === 409).length, 19)
  })

  it('is refused with a different body', async () => {
    await write('d', 'key-d')

    const { status, body } = await write('d', 'key-d', 'other')

    assert.deepEqual([status, body.code], [422, 'idempotency_key_reused'])
  })

  it('belongs to one caller', async () => {
    const [one, other] = [await platform.user(), await platform.user()]
    await write('e', 'key-e', 'x', one)

    const { status, body } = await write('e', 'key-e', 'x', other)

    assert.deepEqual([status, body.code], [409, 'note_taken'])
  })

  it('is free again after a refusal, which changed nothing', async () => {
    await write('f', 'key-f1')
    assert.equal((await write('f', 'key-f2')).status, 409)
    await platform.database('note').run(sql`delete from note.notes where id = 'f'`)

    assert.equal((await write('f', 'key-f2')).status, 201)
  })

  it('is forgotten after a day', async () => {
    await write('g', 'key-g')
    await platform.database('note').run(sql`
      update doran.idempotency_keys set created_at = now() - interval '25 hours' where scope like '%key-g'`)

    assert.equal((await write('g', 'key-g')).status, 409)
  })

  it('of a guest works when nobody else can guess it', async () => {
    const key = crypto.randomUUID()
    const first = await writeAsGuest('guest', key)

    const again = await writeAsGuest('guest', key)

    assert.deepEqual([again.status, again.body], [201, first.body])
  })

  it('of a guest is refused when others might send the same one', async () => {
    const { status, body } = await writeAsGuest('guessed', 'cart-1')

    assert.deepEqual([status, body.code], [400, 'idempotency_key_too_short'])
    assert.equal((await write('guessed', 'cart-1')).status, 201)
  })

  for (const key of ['two words', 'ü', 'x'.repeat(201)]) {
    it(`is refused when it is ${JSON.stringify(key.slice(0, 12))}`, async () => {
      const { status, body } = await write('h', key)

      assert.deepEqual([status, body.code], [400, 'idempotency_key_invalid'])
    })
  }
})

const Points = Type.Object({ points: Type.Integer() })
const internal = { summary: 'x', access: 'internal' } as const
const bank = contract('bank', { give: post('/bank/give', { ...internal, body: Points }) })
const game = contract('game', {
  win: post('/game/won', { summary: 'x', access: 'user', body: Points, reply: Points }),
  total: get('/game/total', { summary: 'x', access: 'user', reply: Points }),
})

describe('the calls of an operation with an idempotency key', () => {
  let platform: TestPlatform
  let caller: TestUser
  let failuresLeft = 0
  const bankService = service(bank, {
    operations: {
      async give({ points }, ctx) {
        await ctx.db.run(sql`insert into public.given values (${points})`)
      },
    },
  })
  const gameService = service(game, {
    operations: {
      async win({ points }, ctx) {
        await ctx.client(bank).give({ points })
        await ctx.client(bank).give({ points })
        if (failuresLeft-- > 0) throw new Error('the process died here')
        return { points: 2 * points }
      },
      total: (_input, ctx) => ctx.db.one(sql`select coalesce(sum(points), 0)::int as points from public.given`),
    },
  })
  before(async () => {
    platform = await startPlatform({ services: [bankService, gameService] })
    caller = await platform.user()
    await platform.database('game').run(sql`create table public.given (points int)`)
  })
  after(() => platform.close())

  const ask = (operation: string, key?: string) =>
    platform.request('POST', `/api/game/${operation}`, {
      as: caller,
      body: { points: 100 },
      headers: { ...(key && { 'idempotency-key': key }) },
    })
  const gained = async (work: () => Promise<unknown>) => {
    const total = async () => (await platform.request('GET', '/api/game/total', { as: caller })).body.points
    const before = await total()
    await work()
    return (await total()) - before
  }

  it('all take effect, even when two of them are equal', async () => {
    assert.equal(await gained(() => ask('won')), 200)
    assert.equal(await gained(() => ask('won', 'win-once')), 200)
  })

  it('take effect once when the operation is repeated, even when two of them are equal', async () => {
    failuresLeft = 1

    const both = await gained(async () => {
      assert.equal((await ask('won', 'win-again')).status, 500)
      assert.equal((await ask('won', 'win-again')).status, 200)
    })

    assert.equal(both, 200)
  })

  it('have the same keys in every run, and a failed call leaves its key to the next equal one', async () => {
    const keysOfRun = async (failing: number) => {
      const keys = new NestedKeys('request')
      const used: string[] = []
      for (let call = 0; call < 3; call++) {
        const outcome = keys.use('bank.give', { points: 100 }, async (key) => {
          used.push(key)
          if (call === failing) throw new Error('lost')
        })
        await outcome.catch(() => {})
      }
      return used
    }

    const [a, b, c] = await keysOfRun(-1)

    assert.equal(new Set([a, b, c]).size, 3)
    assert.deepEqual(await keysOfRun(-1), [a, b, c])
    assert.deepEqual(await keysOfRun(1), [a, b, b])
  })
})
