/** Calls between processes, and what becomes of them when the other side refuses, fails, hangs or is not there. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage, RequestListener } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type Client,
  type Context,
  contract,
  del,
  domainError,
  get,
  newId,
  post,
  put,
  Raw,
  Streamed,
  service,
  TOKEN_ISSUER,
  Type,
} from '@doran/kernel'
import { kernelErrors, type Span } from '@doran/kernel/platform'
import { createIssuer, createTestDatabase } from '@doran/kernel/testing'
import { SignJWT } from 'jose'
import { type Certificates, makeCertificates } from '../../apps/server/commands/certs.ts'
import { Registry } from '../registry.ts'
import { ServiceTokens } from '../service-token.ts'
import {
  hangUp,
  type Impostor,
  keepSilent,
  known,
  log,
  type Member,
  replyWith,
  SECRET,
  startImpostor,
  startMember,
  until,
} from './members.ts'

const noRoom = domainError('no_room', 409, 'There is no room for {crates} crates.')

const Seen = Type.Object({
  actor: Type.Optional(Type.Unknown()),
  request: Type.Optional(Type.String()),
  traceparent: Type.String(),
  remaining: Type.Number(),
})

const Crates = Type.Object({ crates: Type.Integer() })

/** Operations of a service that keeps crates; each test that spoils an instance has a service of another name. */
const operations = {
  count: get('/depot/:id', { summary: 'Count', access: 'internal', reply: Crates }),
  store: post('/depot/:id', { summary: 'Store', access: 'internal', body: Crates, reply: Crates }),
  settle: put('/depot/:id', { summary: 'Settle', access: 'internal', idempotent: true, body: Crates, reply: Crates }),
  look: post('/depot/look', { summary: 'Look around', access: 'internal', reply: Seen }),
  refuse: post('/depot/refuse', { summary: 'Refuse', access: 'internal', body: Crates }),
  fail: post('/depot/fail', { summary: 'Fail', access: 'internal' }),
  clear: del('/depot/:id', { summary: 'Clear', access: 'internal' }),
  label: get('/depot/:id/label', { summary: 'Label', access: 'internal', reply: Raw('text/plain') }),
  stock: get('/depot/stock', {
    summary: 'All crates',
    access: 'internal',
    query: Type.Object({ lines: Type.Integer({ default: 3 }), broken: Type.Boolean({ default: false }) }),
    reply: Streamed('text/csv'),
  }),
  nap: post('/depot/nap', { summary: 'Sleep', access: 'internal', body: Type.Object({ ms: Type.Integer() }) }),
}

const named = (name: string) => contract(name, operations)
const depot = named('depot')

const stored: string[] = []

function depotService(of = depot) {
  return service(of, {
    operations: {
      count: async ({ id }) => ({ crates: id.length }),
      async store({ id, crates }) {
        stored.push(id)
        return { crates }
      },
      settle: async ({ crates }) => ({ crates }),
      look: async (_input, ctx) => seen(ctx),
      async refuse({ crates }) {
        throw noRoom({ crates, room: 3 }, { crates: ['must be 3 or less'] })
      },
      async fail() {
        throw new Error('the password of the database is 1234')
      },
      async clear() {},
      label: async ({ id }) => `"${id}"\n`,
      stock: async ({ lines, broken }) => linesOf(lines, broken),
      nap: async ({ ms }) => pause(ms),
    },
  })
}

function seen(ctx: Context) {
  const { request } = ctx.log.bindings()
  return { actor: ctx.actor, request, traceparent: ctx.db.trace as string, remaining: ctx.deadline.remaining }
}

async function* linesOf(lines: number, broken: boolean): AsyncIterable<string> {
  for (let line = 0; line < lines; line++) {
    await pause(1)
    if (broken && line === 1) throw new Error('the shelf fell over')
    yield `crate ${line} ü\n`
  }
}

/** What a customer sees; it makes the calls inside its own requests. */
const shop = contract('shop', {
  look: post('/shop/look', { summary: 'Look', access: 'user', reply: Seen }),
  order: post('/shop/orders', { summary: 'Order', access: 'user', body: Crates, reply: Crates }),
})

let troubles = 0
const shopService = service(shop, {
  operations: {
    look: (_input, ctx) => ctx.client(depot).look(),
    async order({ crates }, ctx) {
      await ctx.client(depot).store({ id: 'one', crates })
      await ctx.client(depot).store({ id: 'two', crates })
      if (troubles-- > 0) throw new Error('half way')
      return { crates }
    },
  },
})

let database: Awaited<ReturnType<typeof createTestDatabase>>
let issuer: Awaited<ReturnType<typeof createIssuer>>
const spans: Span[] = []
const sink = { record: (span: Span) => void spans.push(span), close: async () => {} }
/** Calls; the depot is in `far`. */
let near: Member
let far: Member
/** Of requests that reached `far`. */
const arrived: IncomingMessage['headers'][] = []
const closing: (() => unknown)[] = []

before(async () => {
  issuer = await createIssuer()
  const identity = issuer.source
  database = await createTestDatabase([shopService, depotService()])
  near = await startMember({ services: [shopService], databaseUrl: database.url, identity, spans: sink })
  far = await startMember({ services: [depotService()], databaseUrl: database.url, identity, spans: sink })
  far.http.server.on('request', ({ headers }: IncomingMessage) => arrived.push(headers))
  await known(near, 'depot', 1)
})
afterEach(async () => {
  while (closing.length > 0) await closing.pop()?.()
})
after(async () => {
  await near.close()
  await far.close()
  await database.drop()
})

/** A service of its own for one test, and what its instances are. */
function another() {
  const name = `depot-${newId().slice(-8)}`
  const client: Client<typeof depot> = near.client(named(name) as typeof depot)
  return {
    name,
    client,
    async member(): Promise<Member> {
      const member = await startMember({
        services: [depotService(named(name) as typeof depot)],
        databaseUrl: database.url,
      })
      closing.push(() => member.close())
      return member
    },
    async impostor(behave: RequestListener): Promise<Impostor> {
      const impostor = await startImpostor(database.url, name, behave)
      closing.push(() => impostor.close())
      return impostor
    },
    known: (count: number) => known(near, name, count),
    peers: () => near.fleet.targets.of(name).peers(),
  }
}

/** Milliseconds. */
async function took(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time++) await work()
}

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const line of lines) text += line
  return text
}

function send(url: string, headers: Record<string, string>, body: unknown = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

async function answerOf(response: Response) {
  // biome-ignore lint/suspicious/noExplicitAny: a test asserts what it expects
  return { status: response.status, body: (await response.json()) as any }
}

/** A request of a customer, which makes calls. */
async function order(path: 'look' | 'orders', token: string, headers: Record<string, string> = {}) {
  return answerOf(
    await send(`${near.url}/api/shop/${path}`, { authorization: `Bearer ${token}`, ...headers }, { crates: 1 }),
  )
}

describe('a call of another process', { timeout: 20_000 }, () => {
  it('is answered with the typed reply', async () => {
    const { crates } = await near.client(depot).count({ id: 'four' })

    assert.equal(crates, 4)
  })

  it('is answered with nothing, with text, and with a stream, as the contract says', async () => {
    const client = near.client(depot)

    assert.equal(await client.clear({ id: 'a' }), undefined)
    assert.equal(await client.label({ id: 'a' }), '"a"\n')
    assert.equal(await textOf(await client.stock()), 'crate 0 ü\ncrate 1 ü\ncrate 2 ü\n')
  })

  it('is made for the user who asked, and for nobody when the system asks', async () => {
    const { token, ...actor } = await issuer.user(['seller'])

    assert.deepEqual((await order('look', token)).body.actor, actor)
    assert.equal((await near.client(depot).look()).actor, undefined)
    assert.deepEqual((await near.client(depot, actor).look()).actor, actor)
  })

  it('belongs to the request and the trace of its caller, as a child of the call', async () => {
    const { token } = await issuer.user()
    const traceId = 'ab'.repeat(16)

    const { body } = await order('look', token, {
      'x-request-id': 'request-from-outside',
      traceparent: `00-${traceId}-${'cd'.repeat(8)}-01`,
    })

    assert.equal(body.request, 'request-from-outside')
    assert.equal(body.traceparent.split('-')[1], traceId)
    const span = (name: string, kind: string) =>
      spans.find(({ trace, ...span }) => trace.traceId === traceId && span.name === name && span.kind === kind)?.trace
    const [asked, called, served] = [
      span('shop.look', 'server'),
      span('depot.look', 'client'),
      span('depot.look', 'server'),
    ]
    assert.equal(asked?.parentId, 'cd'.repeat(8))
    assert.equal(called?.parentId, asked?.spanId)
    assert.equal(served?.parentId, called?.spanId)
    assert.equal(body.traceparent.split('-')[2], served?.spanId)
  })

  it('carries a key made from the key of the request, so that its repetition does nothing twice', async () => {
    const { token } = await issuer.user()
    const headers = { 'idempotency-key': 'order-1' }
    arrived.length = 0
    stored.length = 0
    troubles = 1

    const failed = await order('orders', token, headers)
    const repeated = await order('orders', token, headers)

    assert.deepEqual([failed.status, repeated.status, repeated.body], [500, 200, { crates: 1 }])
    assert.deepEqual(stored, ['one', 'two'])
    const [one, two, ...again] = arrived.map((sent) => sent['idempotency-key'])
    assert.notEqual(one, two)
    assert.deepEqual(again, [one, two])
  })

  it('has less time than its caller', async () => {
    const { remaining } = await near.client(depot).look(undefined, { timeout: 700 })

    assert.ok(remaining > 300 && remaining <= 700, `${remaining} ms remain`)
  })

  it('ends with its deadline, also when it lasts', async () => {
    const nap = () =>
      assert.rejects(near.client(depot).nap({ ms: 1_500 }, { timeout: 100 }), kernelErrors.outcomeUnknown.is)
    const times = [await took(nap)]
    // An answer in between, so that the instance is not taken for one that hangs.
    await near.client(depot).count({ id: 'a' })
    times.push(await took(nap))
    await near.client(depot).count({ id: 'a' })

    assert.ok(Math.min(...times) < 400, `${times} ms`)
  })

  it('is refused when its time was up before it arrived', async () => {
    const token = await new ServiceTokens(SECRET).sign('depot', undefined)
    const headers = { authorization: `Bearer ${token}`, 'x-doran-timeout': '0' }
    const late = await answerOf(await send(`${far.url}/calls/depot/look`, headers))

    assert.deepEqual([late.status, late.body.code], [504, 'deadline_exceeded'])
    await assert.rejects(near.client(depot).look(undefined, { timeout: 0 }), kernelErrors.deadlineExceeded.is)
  })
})

describe('an error of another process', { timeout: 20_000 }, () => {
  it('is the error that was thrown there, with its details and field errors', async () => {
    await assert.rejects(near.client(depot).refuse({ crates: 9 }), (error) => {
      assert.ok(noRoom.is(error))
      assert.deepEqual(error.details, { crates: 9, room: 3 })
      assert.deepEqual(error.errors, { crates: ['must be 3 or less'] })
      assert.deepEqual([error.status, error.message], [409, 'There is no room for 9 crates.'])
      return true
    })
  })

  it('about the input names each field', async () => {
    await assert.rejects(near.client(depot).store({ id: '', crates: 'many' as never }), (error) => {
      assert.ok(kernelErrors.validationFailed.is(error))
      assert.deepEqual(Object.keys(error.errors ?? {}), ['crates'])
      return true
    })
  })

  it('that is unknown tells nothing of its insides', async () => {
    await assert.rejects(near.client(depot).fail(), (error: Error) => {
      assert.ok(kernelErrors.internalError.is(error))
      assert.doesNotMatch(JSON.stringify(error) + error.stack, /1234/)
      return true
    })
  })

  it('in the middle of a streamed reply ends the stream with an error, not as if it were whole', async () => {
    const lines = await near.client(depot).stock({ broken: true })

    await assert.rejects(textOf(lines))
  })
})

describe('the door for other processes', { timeout: 20_000 }, () => {
  const sign = (claims: object, { secret = SECRET, audience = 'depot', expires = '1m' } = {}) =>
    new SignJWT({ ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(TOKEN_ISSUER)
      .setAudience(audience)
      .setExpirationTime(expires)
      .sign(new TextEncoder().encode(secret))
  const knock = async (token?: string) => {
    const authorization = token && { authorization: `Bearer ${token}` }
    const response = await send(`${far.url}/calls/depot/look`, { 'x-doran-timeout': '1000', ...authorization })
    const { status, body } = await answerOf(response)
    return [status, body.code]
  }

  it('opens with a token for this service', async () => {
    assert.deepEqual(await knock(await sign({})), [200, undefined])
  })

  it('stays closed without a token, and with one of another secret, for another service or past its time', async () => {
    const refused = [403, 'not_our_service']

    assert.deepEqual(await knock(), refused)
    assert.deepEqual(await knock('nonsense'), refused)
    assert.deepEqual(await knock(await sign({}, { secret: 'x'.repeat(32) })), refused)
    assert.deepEqual(await knock(await sign({}, { audience: 'shop' })), refused)
    assert.deepEqual(await knock(await sign({}, { expires: '1s ago' })), refused)
  })

  it('closes for a token that was good when its time is up', async () => {
    const token = await sign({}, { expires: '1s' })
    assert.deepEqual(await knock(token), [200, undefined])

    await until(async () => (await knock(token))[0] === 403, 2_500)
  })

  it('does not open for users, whatever they are', async () => {
    const { token } = await issuer.user(['admin'])

    assert.deepEqual(await knock(token), [403, 'not_our_service'])
  })

  it('is the only way to an internal operation', async () => {
    const { token } = await issuer.user(['admin'])

    assert.equal((await send(`${far.url}/api/depot/look`, { authorization: `Bearer ${token}` })).status, 404)
  })
})

describe('a call that gets no answer', { timeout: 20_000 }, () => {
  it('is made again elsewhere when it reads, is idempotent or has a key', async () => {
    const { client, impostor, member, known } = another()
    const dying = await impostor(hangUp)
    await member()
    await known(2)

    for (const call of [
      () => client.count({ id: 'a' }),
      () => client.settle({ id: 'a', crates: 1 }),
      () => client.store({ id: 'a', crates: 1 }, { key: newId() }),
    ]) {
      const before = dying.arrivals.length
      await until(async () => (await call()) && dying.arrivals.length > before)
    }
  })

  it('is never made again when that might do it twice, and its outcome is unknown', async () => {
    const { client, impostor, known } = another()
    const dying = await impostor(hangUp)
    await known(1)

    await assert.rejects(client.store({ id: 'a', crates: 1 }), (error) => {
      assert.ok(kernelErrors.outcomeUnknown.is(error))
      return error.status === 504
    })
    assert.equal(dying.arrivals.length, 1)
  })

  it('may have been done, although those who were asked afterwards could not be reached', async () => {
    const { client, impostor, known } = another()
    const dying = await impostor((request) => {
      request.resume().once('end', () => dying.slam())
    })
    await known(1)

    await assert.rejects(client.store({ id: 'a', crates: 1 }, { key: newId() }), kernelErrors.outcomeUnknown.is)
    assert.equal(dying.arrivals.length, 1)
  })

  it('but a part of one, has none', async () => {
    const { client, impostor, member, known } = another()
    const dying = await impostor((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"crates":', () => response.destroy())
    })
    await known(1)
    await assert.rejects(client.store({ id: 'a', crates: 1 }), kernelErrors.outcomeUnknown.is)
    await member()
    await known(2)

    await until(async () => (await client.count({ id: 'a' })) && dying.arrivals.length > 1)
  })

  it('but that of something in between, has none', async () => {
    const { client, impostor, known } = another()
    await impostor((_request, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>')
    })
    await known(1)

    await assert.rejects(client.store({ id: 'a', crates: 1 }), kernelErrors.outcomeUnknown.is)
    await assert.rejects(client.count({ id: 'a' }), kernelErrors.serviceUnavailable.is)
  })
})

describe('an instance', { timeout: 20_000 }, () => {
  it('that is not there is told of at once, with when to try again', async () => {
    const nobody = another()
    const { client, impostor, known } = another()
    const gone = await impostor(hangUp)
    await known(1)
    gone.slam()

    for (const call of [
      () => nobody.client.store({ id: 'a', crates: 1 }),
      () => client.store({ id: 'a', crates: 1 }),
    ]) {
      const refused = () =>
        assert.rejects(call, (error) => {
          assert.ok(kernelErrors.serviceUnavailable.is(error))
          assert.deepEqual([error.status, error.details.retryAfter], [503, 1])
          return true
        })
      // The quickest: on a machine with much else to do the others say how busy it is.
      const times = [await took(refused), await took(refused), await took(refused)]
      assert.ok(Math.min(...times) < 100, `${times} ms`)
    }
  })

  it('that is dead beside one that lives makes no call fail', async () => {
    const { client, impostor, member, known } = another()
    const dead = await impostor(hangUp)
    await member()
    await known(2)
    dead.slam()

    await repeat(100, () => client.store({ id: 'a', crates: 1 }))
  })

  it('that fails is left out until its health check succeeds', async () => {
    const { client, impostor, member, known, peers } = another()
    const sick = await impostor(hangUp)
    sick.live = false
    await member()
    await known(2)

    await until(async () => (await client.count({ id: 'a' })) && peers().some(({ ejected }) => ejected))
    const before = sick.arrivals.length
    await repeat(50, () => client.count({ id: 'a' }))
    assert.equal(sick.arrivals.length, before)

    sick.live = true
    sick.behave = replyWith({ crates: 1 })
    await until(async () => (await client.count({ id: 'a' })) && sick.arrivals.length > before)
    assert.ok(peers().every(({ ejected }) => !ejected))
  })

  it('that hangs is left out after calls that it let wait, and no read fails', async () => {
    const { client, impostor, member, known, peers } = another()
    const hung = await impostor(keepSilent)
    hung.live = false
    await member()
    await known(2)
    const read = () => client.count({ id: 'a' }, { timeout: 200 })

    await until(async () => (await read()) !== undefined && peers().some(({ ejected }) => ejected))
    const before = hung.arrivals.length
    await repeat(50, read)

    assert.equal(hung.arrivals.length, before)
  })

  it('that hangs although its health check succeeds holds up few calls', async () => {
    const { client, impostor, member, known, peers } = another()
    await impostor(keepSilent)
    await member()
    await known(2)
    const durations: number[] = []
    const read = async () => durations.push(await took(() => client.count({ id: 'a' }, { timeout: 400 })))
    await until(async () => (await read()) > 0 && peers().some(({ ejected }) => ejected))
    durations.length = 0

    const reads: Promise<unknown>[] = []
    for (const end = performance.now() + 1_500; performance.now() < end; await pause(5)) reads.push(read())
    await Promise.all(reads)

    // Who is held up waits for half of its time before it asks elsewhere.
    const slow = durations.filter((duration) => duration > 190)
    assert.ok(slow.length < durations.length / 40, `${slow.length} of ${durations.length} reads were held up`)
  })

  it('and its circuit breaker are in the metrics', async () => {
    const { name, client, impostor, known } = another()
    const hung = await impostor(keepSilent)
    hung.live = false
    await known(1)
    const figure = async (metric: string) => {
      const text = await (await fetch(`${near.url}/metrics`)).text()
      const line = text
        .split('\n')
        .find((line) => line.startsWith(`${metric}{service="${name}",instance="${hung.url}"}`))
      return Number(line?.split(' ')[1])
    }

    const call = client.store({ id: 'a', crates: 1 }, { timeout: 300 })
    await until(() => hung.arrivals.length === 1)
    assert.deepEqual([await figure('doran_peer_requests'), await figure('doran_peer_breaker')], [1, 0])
    await assert.rejects(call)
    for (let time = 0; time < 2; time++) await assert.rejects(client.store({ id: 'a', crates: 1 }, { timeout: 10 }))

    assert.deepEqual([await figure('doran_peer_requests'), await figure('doran_peer_breaker')], [0, 2])
  })
})

describe('when everything fails', { timeout: 20_000 }, () => {
  it('repetitions stay a small share of the calls', async () => {
    const { client, impostor, known } = another()
    // Now and then it answers, so that no circuit breaker keeps calls away from it.
    const flaky = await impostor((request, response) =>
      (flaky.arrivals.length % 3 === 0 ? replyWith({ crates: 1 }) : hangUp)(request, response),
    )
    await known(1)
    const call = () => client.count({ id: 'a' }).catch(() => {})
    await repeat(15, call)
    const before = flaky.arrivals.length
    assert.ok(before > 30, 'at the beginning there is a stock')

    await repeat(100, call)

    const arrivals = flaky.arrivals.length - before
    assert.ok(arrivals >= 100 && arrivals <= 130, `100 calls arrived ${arrivals} times`)
  })

  it('calls beyond those that may wait are refused at once', async () => {
    const { client, impostor, known } = another()
    const slow = await impostor(keepSilent)
    await known(1)
    const calls = Array.from({ length: 1_600 }, () =>
      client.store({ id: 'a', crates: 1 }).then(
        () => 'ok',
        (error) => error.code,
      ),
    )
    await until(() => slow.arrivals.length === 512)

    const refused = await Promise.race([Promise.all(calls.slice(1_536)), pause(1_000)])
    slow.slam()

    assert.deepEqual(refused, Array(64).fill('overloaded'))
    assert.equal((await Promise.all(calls)).filter((code) => code === 'overloaded').length, 64)
  })
})

describe('two versions of a contract side by side', { timeout: 20_000 }, () => {
  const name = `versions-${newId().slice(-8)}`
  const Label = Type.Object({ text: Type.String() })
  const older = contract(name, {
    print: post('/print', { summary: 'Print', access: 'internal', body: Label, reply: Label }),
  })
  const newer = contract(name, {
    print: post('/print', {
      summary: 'Print',
      access: 'internal',
      body: Type.Object({ text: Type.String(), size: Type.Optional(Type.Integer()) }),
      reply: Type.Object({ text: Type.String(), size: Type.Optional(Type.Integer()) }),
    }),
    erase: post('/erase', { summary: 'Erase', access: 'internal', reply: Label }),
  })
  const olderService = service(older, { operations: { print: async ({ text }) => ({ text }) } })
  const newerService = service(newer, {
    operations: {
      print: async ({ text, size = 12 }) => ({ text, size, colour: 'blue' }),
      erase: async () => ({ text: '' }),
    },
  })
  let old: Member
  before(async () => {
    old = await startMember({ services: [olderService], databaseUrl: database.url })
    await known(near, name, 1)
  })
  after(() => old.close())

  it('an older instance ignores a field that it does not know, and does without in its reply', async () => {
    assert.deepEqual(await near.client(newer).print({ text: 'a', size: 20 }), { text: 'a' })
  })

  it('an operation that no instance knows yet is unavailable, not refused', async () => {
    await assert.rejects(near.client(newer).erase(), (error: Error) => {
      assert.ok(kernelErrors.serviceUnavailable.is(error))
      assert.match(String(error.cause), new RegExp(`does not know ${name}\\.erase`))
      return true
    })
  })

  it('an operation that one instance knows is done there, and an older caller reads what a newer one answers', async () => {
    const fresh = await startMember({ services: [newerService], databaseUrl: database.url })
    closing.push(() => fresh.close())
    await known(near, name, 2)

    await repeat(20, async () => assert.deepEqual(await near.client(newer).erase(), { text: '' }))
    await repeat(20, async () => assert.equal((await near.client(older).print({ text: 'a' })).text, 'a'))
  })
})

describe('mutual TLS', { timeout: 20_000 }, () => {
  // A certificate names one of our services.
  const orders = named('order') as unknown as typeof depot
  let folder: string
  let certificates: Certificates
  let secured: Member
  const environmentOf = (service: string) => {
    const { cert, key } = certificates.of(service)
    return { DORAN_TLS_CA: certificates.ca, DORAN_TLS_CERT: cert, DORAN_TLS_KEY: key }
  }
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'doran-fleet-'))
    certificates = await makeCertificates({ folder })
    const environment = environmentOf('order')
    secured = await startMember({ services: [depotService(orders)], databaseUrl: database.url, environment })
  })
  after(async () => {
    await secured.close()
    await rm(folder, { recursive: true })
  })

  /** A request by someone who trusts our authority. */
  async function visit(path: string, service?: string) {
    const { cert, key } = service ? certificates.of(service) : {}
    const [ca, ...own] = await Promise.all([certificates.ca, cert, key].map((file) => file && readFile(file)))
    const asked = httpsRequest(secured.url + path, {
      method: path.startsWith('/calls') ? 'POST' : 'GET',
      ca,
      agent: false,
      ...(service && { cert: own[0], key: own[1] }),
    })
    asked.end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    return { status: response.statusCode, body: JSON.parse((await response.toArray()).join('')) }
  }

  it('lets calls of services with certificates through', async () => {
    const environment = environmentOf('payment')
    const caller = await startMember({ services: [], databaseUrl: database.url, environment })
    closing.push(() => caller.close())
    await known(caller, 'order', 1)

    assert.deepEqual(await caller.client(orders).count({ id: 'four' }), { crates: 4 })
  })

  it('refuses a caller whose certificate is missing', async () => {
    const { status, body } = await visit('/calls/order/look')

    assert.deepEqual([status, body.code], [403, 'certificate_missing'])
    assert.equal((await visit('/calls/order/look', 'payment')).body.code, 'not_our_service')
  })

  it('leaves health checks open', async () => {
    assert.deepEqual(await visit('/health/live'), { status: 200, body: { status: 'live' } })
  })

  it('is not taken for another service that answers at the address', async () => {
    const { name } = another()
    const environment = environmentOf('payment')
    const caller = await startMember({ services: [], databaseUrl: database.url, environment })
    closing.push(() => caller.close())
    const impostor = new Registry(database.url, log)
    await impostor.start()
    closing.push(() => impostor.close())
    await impostor.join({ id: newId(), url: secured.url, services: [name], version: '1.0.0' })
    await known(caller, name, 1)

    await assert.rejects(caller.client(named(name) as typeof depot).look(), (error: Error) => {
      assert.ok(kernelErrors.serviceUnavailable.is(error))
      assert.match(String(error.cause), /does not match certificate/)
      return true
    })
  })
})
