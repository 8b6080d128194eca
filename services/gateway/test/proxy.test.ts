/** The gateway in front of services that run in other processes. */
import assert from 'node:assert/strict'
import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, type RequestListener, request as sendRequest } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import gateway, { gatewayConfig, openApi, publicDoor, RouteShares } from '@doran/gateway'
import { contract, del, domainError, get, newId, post, put, Raw, Streamed, service, Type } from '@doran/kernel'
import { readConfig } from '@doran/kernel/platform'
import { createIssuer, createTestDatabase } from '@doran/kernel/testing'
import {
  hangUp,
  type Impostor,
  keepSilent,
  known,
  type Member,
  replyWith,
  startImpostor,
  startMember,
  until,
} from '../../../fleet/test/members.ts'

const MB = 1_048_576
/** Milliseconds that the gateway gives a service. */
const PATIENCE = 1_500

const taken = domainError('taken', 409, 'The place {place} is taken.')

const Book = Type.Object({ id: Type.String(), title: Type.String() })

const shelf = contract('shelf', {
  find: get('/shelf/:id', {
    summary: 'Find',
    access: 'anyone',
    query: Type.Object({ pages: Type.Integer({ default: 1 }), tag: Type.Optional(Type.Array(Type.String())) }),
    headers: Type.Object({ 'x-colour': Type.Optional(Type.String()) }),
    reply: Type.Object({
      id: Type.String(),
      text: Type.String(),
      tag: Type.Array(Type.String()),
      colour: Type.String(),
    }),
  }),
  add: post('/shelf', { summary: 'Add', access: 'anyone', body: Book, reply: Book, status: 201 }),
  replace: put('/shelf/:id', {
    summary: 'Replace',
    access: 'anyone',
    idempotent: true,
    body: Type.Object({ title: Type.String() }),
    reply: Book,
  }),
  remove: del('/shelf/:id', { summary: 'Remove', access: 'anyone' }),
  reserve: post('/shelf/:id/reservations', { summary: 'Reserve', access: 'anyone' }),
  visitor: get('/shelf-visitor', {
    summary: 'Who comes from where',
    access: 'anyone',
    headers: Type.Object({ 'x-client-address': Type.String() }),
    reply: Type.Object({ address: Type.String(), request: Type.String() }),
  }),
  mine: get('/shelf-mine', { summary: 'Mine', access: 'user', reply: Type.Object({ user: Type.String() }) }),
  scan: post('/shelf-scans', {
    summary: 'Take in a text',
    access: 'anyone',
    body: Raw('text/plain'),
    bodyLimit: 8 * MB,
    reply: Type.Object({ length: Type.Integer() }),
  }),
  dump: get('/shelf-dump', { summary: 'All', access: 'anyone', reply: Streamed('text/csv') }),
  dust: post('/shelf-dust', { summary: 'Dust', access: 'internal' }),
})

const shelfService = service(shelf, {
  operations: {
    find: async ({ id, pages, tag = [], 'x-colour': colour = 'none' }) => ({
      id,
      text: 'lorem '.repeat(pages),
      tag,
      colour,
    }),
    add: async (book) => book,
    replace: async ({ id, title }) => ({ id, title }),
    async remove() {},
    async reserve({ id }) {
      throw taken({ place: id, until: 'noon' })
    },
    visitor: async ({ 'x-client-address': address }, ctx) => ({ address, request: ctx.log.bindings().request }),
    mine: async (_input, ctx) => ({ user: ctx.actor.id }),
    scan: async ({ body }) => ({ length: body.length }),
    async dump() {
      return Readable.from(Array.from({ length: 1_000 }, (_, line) => `book ${line}\n`)) as AsyncIterable<string>
    },
    async dust() {},
  },
})

/** Services whose instances the tests make themselves. */
const depotNamed = <Name extends string>(name: Name) =>
  contract(name, {
    look: get(`/${name}/things/:id`, {
      summary: 'Look',
      access: 'anyone',
      reply: Type.Object({ from: Type.String() }),
    }),
    put: post(`/${name}/things`, { summary: 'Put', access: 'anyone', reply: Type.Object({ from: Type.String() }) }),
    fill: post(`/${name}/bulk`, {
      summary: 'Fill',
      access: 'anyone',
      body: Raw('application/octet-stream'),
      bodyLimit: 64 * MB,
      reply: Type.Object({ sha: Type.String() }),
    }),
    empty: get(`/${name}/bulk`, { summary: 'Empty', access: 'anyone', reply: Streamed('application/octet-stream') }),
  })
const depots = ['bulk', 'dead', 'absent', 'shared', 'hedged', 'alone', 'cut', 'left'].map(depotNamed)

let issuer: Awaited<ReturnType<typeof createIssuer>>
let database: Awaited<ReturnType<typeof createTestDatabase>>
let door: Member
let shelves: Member
const closing: (() => unknown)[] = []

before(async () => {
  issuer = await createIssuer()
  database = await createTestDatabase([gateway, shelfService])
  door = await startGateway()
  shelves = await startMember({ services: [shelfService], databaseUrl: database.url, identity: issuer.source })
  await known(door, 'shelf', 1)
})
afterEach(async () => {
  while (closing.length > 0) await closing.pop()?.()
})
after(async () => {
  await door.close()
  await shelves.close()
  await database.drop()
})

/** `node --expose-gc`, for this process as it runs. */
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

async function startGateway(environment: Record<string, string> = {}): Promise<Member> {
  const [config] = readConfig([gatewayConfig], environment)
  const shares = new RouteShares()
  const contracts = [shelf, ...depots]
  const started = await startMember({
    services: [gateway],
    databaseUrl: database.url,
    identity: issuer.source,
    environment,
    edge: ({ targets }) =>
      publicDoor({
        config,
        api: openApi([shelfService], { version: '1.0.0' }),
        errors: [],
        proxy: { contracts, targets, shares, timeout: PATIENCE },
      }),
  })
  await shares.watch(started.database('gateway'), started.channel)
  return started
}

/** An instance of one of the services that a test makes itself. */
async function impostor(name: string, behave: RequestListener, at = door): Promise<Impostor> {
  const before = at.fleet.targets.of(name).peers().length
  const started = await startImpostor(database.url, name, behave)
  closing.push(async () => {
    await started.close()
    await known(at, name, before)
  })
  await known(at, name, before + 1)
  return started
}

interface Asked {
  method?: string
  headers?: Record<string, string>
  as?: { token: string }
  body?: unknown
  at?: Member
}

async function ask(path: string, { method = 'GET', headers = {}, as, body, at = door }: Asked = {}) {
  const start = performance.now()
  const response = await fetch(`${at.url}/api${path}`, {
    method,
    headers: {
      ...(as && { authorization: `Bearer ${as.token}` }),
      ...(typeof body === 'object' && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'object' ? JSON.stringify(body) : (body as string) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json')
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text ? JSON.parse(text) : text,
    took: performance.now() - start,
  }
}

describe('the gateway passes on', { timeout: 20_000 }, () => {
  it('every method, with path, query, headers and body', async () => {
    const found = await ask('/shelf/a%20b?pages=2&tag=x&tag=y', { headers: { 'x-colour': 'red' } })
    const added = await ask('/shelf', { method: 'POST', body: { id: 'c', title: 'ü' } })
    const replaced = await ask('/shelf/c', { method: 'PUT', body: { title: 'New' } })
    const removed = await ask('/shelf/c', { method: 'DELETE' })

    assert.deepEqual(found.body, { id: 'a b', text: 'lorem lorem ', tag: ['x', 'y'], colour: 'red' })
    assert.deepEqual([added.status, added.body], [201, { id: 'c', title: 'ü' }])
    assert.deepEqual([replaced.status, replaced.body], [200, { id: 'c', title: 'New' }])
    assert.deepEqual([removed.status, removed.body], [204, ''])
  })

  it('the question for the head alone', async () => {
    const { status, headers, body } = await ask('/shelf/a', { method: 'HEAD' })

    assert.deepEqual([status, body], [200, ''])
    assert.match(headers.get('content-type') ?? '', /^application\/json/)
    assert.equal(headers.get('content-length'), String(JSON.stringify((await ask('/shelf/a')).body).length))
  })

  it('the request id, one for the client and the service', async () => {
    const { body, headers } = await ask('/shelf-visitor', { headers: { 'x-request-id': 'request-from-outside' } })
    const service = await impostor('left', replyWith({ from: 'a' }))
    const made = await ask('/left/things/a')

    assert.deepEqual([body.request, headers.get('x-request-id')], ['request-from-outside', 'request-from-outside'])
    assert.match(made.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
    assert.equal(service.arrivals[0]?.headers['x-request-id'], made.headers.get('x-request-id'))
  })

  it('the address of the client, and not what the client says of it', async () => {
    for (const name of ['x-forwarded-for', 'x-client-address', 'forwarded', 'x-real-ip']) {
      const { body } = await ask('/shelf-visitor', { headers: { [name]: '203.0.113.7' } })
      assert.equal(body.address, '127.0.0.1', name)
    }
  })

  it('the user, whose rights are for the service to judge', async () => {
    const user = await issuer.user()

    assert.deepEqual((await ask('/shelf-mine', { as: user })).body, { user: user.id })
    const refused = await ask('/shelf-mine')
    assert.deepEqual([refused.status, refused.body.code], [401, 'token_missing'])
    assert.equal(
      (await ask('/shelf-mine', { headers: { authorization: 'Bearer nonsense' } })).body.code,
      'token_invalid',
    )
  })

  it('problems as they are', async () => {
    const refused = await ask('/shelf/7/reservations', { method: 'POST' })
    const invalid = await ask('/shelf', { method: 'POST', body: { id: 7 } })
    const broken = await ask('/shelf', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } })

    assert.equal(refused.status, 409)
    assert.match(refused.headers.get('content-type') ?? '', /^application\/problem\+json/)
    assert.deepEqual(refused.body, {
      place: '7',
      until: 'noon',
      type: '/docs/errors#taken',
      title: 'taken',
      status: 409,
      code: 'taken',
      detail: 'The place 7 is taken.',
      requestId: refused.headers.get('x-request-id'),
    })
    assert.deepEqual([invalid.status, Object.keys(invalid.body.errors).sort()], [422, ['id', 'title']])
    assert.deepEqual([broken.status, broken.body.code], [400, 'malformed_body'])
  })

  it('answers that it compresses itself, large and streamed ones', async () => {
    const large = await ask('/shelf/a?pages=1000', { headers: { 'accept-encoding': 'gzip' } })
    const huge = await ask('/shelf/a?pages=50000', { headers: { 'accept-encoding': 'br' } })
    const streamed = await ask('/shelf-dump', { headers: { 'accept-encoding': 'gzip' } })
    const small = await ask('/shelf/a', { headers: { 'accept-encoding': 'gzip' } })
    const plain = await ask('/shelf/a?pages=1000', { headers: { 'accept-encoding': 'identity' } })

    const encodings = [large, huge, streamed, small, plain].map(({ headers }) => headers.get('content-encoding'))
    assert.deepEqual(encodings, ['gzip', 'br', 'gzip', null, null])
    assert.deepEqual([large.body.text.length, huge.body.text.length], [6_000, 300_000])
    assert.equal(streamed.body.split('\n').length, 1_001)
    assert.deepEqual(plain.body, large.body)
  })

  it('nothing to what is internal', async () => {
    assert.equal((await ask('/shelf-dust', { method: 'POST' })).body.code, 'route_not_found')
    const response = await fetch(`${door.url}/calls/shelf/dust`, { method: 'POST' })
    assert.equal(response.status, 404)
  })
})

describe('large bodies', { timeout: 30_000 }, () => {
  const PIECE = Buffer.alloc(65_536, 'x')
  const PIECES = (50 * MB) / PIECE.length
  const LOOK = 80
  let grown: number

  /** No two alike. `grown` becomes the most megabytes that came into use meanwhile. */
  async function* pieces(hash: Hash): AsyncGenerator<Buffer> {
    const before = used()
    grown = 0
    for (let index = 0; index < PIECES; index++) {
      if (index % LOOK === 0) grown = Math.max(grown, (used() - before) / MB)
      PIECE.writeUInt32BE(index)
      hash.update(PIECE)
      yield Buffer.from(PIECE)
    }
  }

  /** An upload whose body the caller writes; the response when its head is there. */
  function upload(headers: Record<string, string | number>) {
    const request = sendRequest(`${door.url}/api/bulk/bulk`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', ...headers },
    })
    return { request, response: once(request, 'response') as Promise<[IncomingMessage]> }
  }

  /** Bytes in use by this process, without what is garbage. */
  function used(): number {
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }

  const takeIn: RequestListener = async (request, response) => {
    const hash = createHash('sha256')
    for await (const piece of request) hash.update(piece)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ sha: hash.digest('hex') }))
  }

  it('flow up, 50 MB without being held', async () => {
    await impostor('bulk', takeIn)
    const sent = createHash('sha256')

    const { request, response } = upload({ 'content-length': 50 * MB })
    await pipeline(pieces(sent), request)
    const [head] = await response

    assert.equal(JSON.parse((await head.toArray()).join('')).sha, sent.digest('hex'))
    assert.ok(grown < 30, `${grown} MB more`)
  })

  it('flow down, 50 MB without being held', async () => {
    const sent = createHash('sha256')
    await impostor('bulk', (_request, response) => {
      response.setHeader('content-type', 'application/octet-stream')
      pipeline(pieces(sent), response).catch(() => {})
    })
    const received = createHash('sha256')

    const response = await fetch(`${door.url}/api/bulk/bulk`)
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) received.update(piece)

    assert.equal(received.digest('hex'), sent.digest('hex'))
    assert.ok(grown < 30, `${grown} MB more`)
  })

  it('flow no faster than the service reads', async () => {
    let read = () => {}
    await impostor('bulk', (request, response) => {
      read = () => void takeIn(request, response)
    })
    const { request, response } = upload({ 'content-length': 50 * MB })
    let written = 0
    const writing = (async () => {
      for await (const piece of pieces(createHash('sha256'))) {
        if (!request.write(piece)) await once(request, 'drain')
        written += piece.length
      }
      request.end()
    })()

    await pause(500)
    assert.ok(written > 0 && written < 16 * MB, `${written} bytes went ahead`)
    read()
    await writing

    assert.equal((await response)[0].statusCode, 200)
  })

  it('reach a service whole, with or without a length', async () => {
    const text = 'ä'.repeat(3 * MB)
    const headers = { 'content-type': 'text/plain' }
    const known = await ask('/shelf-scans', { method: 'POST', body: text, headers })
    const response = await fetch(`${door.url}/api/shelf-scans`, {
      method: 'POST',
      headers,
      body: Readable.toWeb(Readable.from([text.slice(0, 1_000), text.slice(1_000)])) as ReadableStream,
      duplex: 'half',
    })

    assert.deepEqual(known.body, { length: text.length })
    assert.deepEqual(await response.json(), { length: text.length })
  })

  it('that come slowly have the time that they need', async () => {
    await impostor('bulk', takeIn)
    const { request, response } = upload({})
    request.write('x')
    await pause(1.2 * PATIENCE)
    request.end('y')

    assert.equal((await response)[0].statusCode, 200)
  })

  it('that a service takes in no more are answered in time', async () => {
    const stuck = await impostor('bulk', keepSilent)
    stuck.behave = () => {}
    const { request, response } = upload({ 'content-length': 50 * MB })
    request.on('error', () => {})
    Readable.from(pieces(createHash('sha256'))).pipe(request)

    const [head] = await response
    assert.deepEqual([head.statusCode, JSON.parse((await head.toArray()).join('')).code], [504, 'outcome_unknown'])
    request.destroy()
  })

  it('that break off at the service are answered', async () => {
    await impostor('bulk', (request) => {
      request.once('data', () => request.socket.destroy())
    })
    const { request, response } = upload({ 'content-length': 50 * MB })
    request.on('error', () => {})
    Readable.from(pieces(createHash('sha256'))).pipe(request)

    const [head] = await response
    assert.deepEqual([head.statusCode, JSON.parse((await head.toArray()).join('')).code], [504, 'outcome_unknown'])
    request.destroy()
  })

  it('that are larger than the operation accepts are refused before they are read, and while', async () => {
    const { request, response } = upload({ 'content-length': 65 * MB })
    request.on('error', () => {})
    request.flushHeaders()
    const [head] = await response
    request.destroy()
    assert.equal(head.statusCode, 413)

    const title = 'x'.repeat(2 * MB)
    const told = await ask('/shelf', { method: 'POST', body: { id: 'a', title } })
    assert.deepEqual([told.status, told.body.code], [413, 'body_too_large'])
    const untold = await fetch(`${door.url}/api/shelf`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Readable.toWeb(Readable.from([`{"id":"a","title":"`, title, '"}'])) as ReadableStream,
      duplex: 'half',
    })
    assert.deepEqual([untold.status, ((await untold.json()) as { code: string }).code], [413, 'body_too_large'])
  })
})

describe('a service that is not there', { timeout: 20_000 }, () => {
  it('is told of at once, with when to try again, while the others answer', async () => {
    const dead = await impostor('dead', hangUp)
    dead.slam()

    for (const path of ['/absent/things', '/dead/things']) {
      const times: number[] = []
      for (let time = 0; time < 5; time++) {
        const refused = await ask(path, { method: 'POST' })
        assert.deepEqual([refused.status, refused.body.code], [503, 'service_unavailable'])
        assert.equal(refused.headers.get('retry-after'), '1')
        times.push(refused.took)
        assert.equal((await ask('/shelf/a')).status, 200)
      }
      // The quickest: on a machine with much else to do the others say how busy it is.
      assert.ok(Math.min(...times) < 100, `${path} took ${times} ms`)
    }
  })

  it('any more when it should answer, may have done the work', async () => {
    const dying = await impostor('cut', hangUp)

    const once = await ask('/cut/things', { method: 'POST' })
    assert.deepEqual([once.status, once.body.code, dying.arrivals.length], [504, 'outcome_unknown', 1])
    const keyed = await ask('/cut/things', { method: 'POST', headers: { 'idempotency-key': newId() } })
    assert.equal(keyed.body.code, 'outcome_unknown')
    assert.ok(dying.arrivals.length > 2)
    await until(() =>
      door.fleet.targets
        .of('cut')
        .peers()
        .every(({ ejected }) => !ejected),
    )
    assert.equal((await ask('/cut/things/a')).body.code, 'service_unavailable')
  })

  it('any more in the middle of a short answer is asked elsewhere, and in a long one the client notices', async () => {
    const half: RequestListener = (request, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        ...(request.url?.includes('things') && { 'content-length': 100 }),
      })
      response.write('{"from":', () => response.destroy())
    }
    const dying = await impostor('cut', half)
    await assert.rejects(ask('/cut/bulk'))
    await impostor('cut', replyWith({ from: 'sound' }))

    const before = dying.arrivals.length
    await until(async () => {
      assert.deepEqual((await ask('/cut/things/a')).body, { from: 'sound' })
      return dying.arrivals.length > before
    })
  })
})

describe('a client that hangs up', { timeout: 20_000 }, () => {
  it('ends its request at the service', async () => {
    const slow = await impostor('left', keepSilent)
    const request = sendRequest(`${door.url}/api/left/things/a`)
    request.on('error', () => {})
    request.end()
    await until(() => slow.arrivals.length === 1)

    request.destroy()

    const [arrival] = slow.arrivals as [IncomingMessage]
    await until(() => arrival.socket.destroyed, 1_000)
    assert.equal(door.fleet.targets.of('left').peers()[0]?.ejected, false)
  })

  it('in the middle of an upload is no fault of the service', async () => {
    const reading = await impostor('left', (request) => void request.resume())
    for (let time = 1; time <= 5; time++) {
      const request = sendRequest(`${door.url}/api/left/bulk`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream', 'content-length': MB },
      })
      request.on('error', () => {})
      request.write(Buffer.alloc(1_000))
      await until(() => reading.arrivals.length === time)
      request.destroy()
      await until(() => reading.arrivals.every(({ socket }) => socket.destroyed), 1_000)
    }

    assert.equal(door.fleet.targets.of('left').peers()[0]?.state, 'closed')
  })

  it('ends its download too', async () => {
    let closed = false
    await impostor('left', (_request, response) => {
      response.once('close', () => {
        closed = true
      })
      const write = () => response.write(Buffer.alloc(65_536), () => !closed && setImmediate(write))
      write()
    })
    const request = sendRequest(`${door.url}/api/left/bulk`)
    request.end()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    await once(response, 'data')

    response.destroy()

    await until(() => closed, 1_000)
  })
})

describe('the rate limit', { timeout: 20_000 }, () => {
  it('of an account counts what is passed on', async () => {
    const strict = await startGateway({ RATE_LIMIT_PER_ACCOUNT: '3' })
    closing.push(() => strict.close())
    await known(strict, 'shelf', 1)
    const [busy, other] = [await issuer.user(), await issuer.user()]

    for (let time = 0; time < 3; time++) assert.equal((await ask('/shelf-mine', { as: busy, at: strict })).status, 200)
    const refused = await ask('/shelf-mine', { as: busy, at: strict })

    assert.deepEqual([refused.status, refused.body.code], [429, 'rate_limited'])
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    assert.equal((await ask('/shelf-mine', { as: other, at: strict })).status, 200)
  })
})

describe('a share of an operation', { timeout: 20_000 }, () => {
  const setRoute = (operation: string, body: object, as: { token: string }) =>
    ask(`/gateway/routes/${operation}`, { method: 'PUT', body, as })
  let admin: { token: string }
  let elsewhere: Impostor
  before(async () => {
    admin = await issuer.user(['admin'])
    // It stands for a system of somebody else, at an address that no registry knows.
    elsewhere = await startImpostor(database.url, 'somebody-else', replyWith({ from: 'elsewhere' }))
  })
  after(() => elsewhere.close())
  afterEach(async () => {
    await ask('/gateway/routes/shared.look', { method: 'DELETE', as: admin })
  })

  const from = async (at = door, as?: { token: string }): Promise<string> =>
    (await ask('/shared/things/a', { at, ...(as && { as }) })).body.from

  it('goes to another target within a second, at every gateway, and comes back', async () => {
    await impostor('shared', replyWith({ from: 'service' }))
    const second = await startGateway()
    closing.push(() => second.close())
    await known(second, 'shared', 1)
    assert.deepEqual([await from(), await from(second)], ['service', 'service'])

    const set = await setRoute('shared.look', { target: elsewhere.url, share: 100 }, admin)

    assert.equal(set.status, 200)
    for (const at of [door, second]) await until(async () => (await from(at)) === 'elsewhere', 1_000)
    const other = await ask('/shared/things', { method: 'POST' })
    assert.equal(other.body.from, 'service')
    await ask('/gateway/routes/shared.look', { method: 'DELETE', as: admin })
    for (const at of [door, second]) await until(async () => (await from(at)) === 'service', 1_000)
  })

  it('is the same accounts each time', async () => {
    await impostor('shared', replyWith({ from: 'service' }))
    const users = await Promise.all(Array.from({ length: 60 }, () => issuer.user()))
    await setRoute('shared.look', { target: elsewhere.url, share: 50 }, admin)
    await until(async () => (await Promise.all(users.map((user) => from(door, user)))).includes('elsewhere'), 1_000)

    const first = await Promise.all(users.map((user) => from(door, user)))
    const again = await Promise.all(users.map((user) => from(door, user)))

    assert.deepEqual(again, first)
    const gone = first.filter((name) => name === 'elsewhere').length
    assert.ok(gone > 10 && gone < 50, `${gone} of 60 went elsewhere`)
  })

  it('cannot be more than all', async () => {
    await setRoute('shared.look', { target: 'http://one.example', share: 60 }, admin)
    const more = await setRoute('shared.look', { target: 'http://two.example', share: 41 }, admin)
    const over = await setRoute('shared.look', { target: 'http://one.example', share: 101 }, admin)

    assert.deepEqual(
      [more.status, more.body.code],
      [gateway.errors.routeSharesExceeded?.status, 'route_shares_exceeded'],
    )
    assert.deepEqual([over.status, Object.keys(over.body.errors)], [422, ['share']])
    const { body: routes } = await ask('/gateway/routes', { as: admin })
    assert.deepEqual(
      routes.map(({ target, share }: { target: string; share: number }) => [target, share]),
      [['http://one.example', 60]],
    )
  })

  it('is for administrators to set', async () => {
    const user = await issuer.user(['seller'])

    const refused = await setRoute('shared.look', { target: elsewhere.url, share: 100 }, user)

    assert.deepEqual([refused.status, refused.body.code], [403, 'forbidden'])
  })
})

describe('a hedged read', { timeout: 20_000 }, () => {
  let hedging: Member
  before(async () => {
    hedging = await startGateway({ GATEWAY_HEDGES: 'hedged.look=30,alone.look=30,absent.look=30' })
  })
  after(() => hedging.close())
  const look = (name = 'hedged') => ask(`/${name}/things/a`, { at: hedging })

  it('is answered by a second instance when the first is slow, which nobody waits for', async () => {
    const slow = await impostor('hedged', keepSilent, hedging)
    await impostor('hedged', replyWith({ from: 'fast' }), hedging)
    await look()

    const times: number[] = []
    while (slow.arrivals.length < 3) {
      const { body, took } = await look()
      assert.deepEqual(body, { from: 'fast' })
      times.push(took)
    }
    assert.ok(Math.min(...times) < 200, `${times} ms`)
  })

  it('is asked once of the only instance that there is', async () => {
    const only = await impostor(
      'alone',
      (request, response) => {
        setTimeout(() => replyWith({ from: 'only' })(request, response), 100)
      },
      hedging,
    )

    assert.deepEqual((await look('alone')).body, { from: 'only' })
    assert.equal(only.arrivals.length, 1)
  })

  it('of a service that is not there is refused as fast as any', async () => {
    const refused = [await look('absent'), await look('absent'), await look('absent')]

    assert.deepEqual([...new Set(refused.map(({ status }) => status))], [503])
    const times = refused.map(({ took }) => took)
    assert.ok(Math.min(...times) < 100, `${times} ms`)
  })
})
