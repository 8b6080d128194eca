/** Calls between processes, and what becomes of them when the other side refuses, fails, hangs or is not there. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
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
import { createTestDatabase, freePort } from '@doran/kernel/testing'
import { SignJWT } from 'jose'
import { type Certificates, makeCertificates } from '../../apps/server/commands/certs.ts'
import { ServiceTokens } from '../service-token.ts'
import {
  createIssuer,
  hangUp,
  keepSilent,
  known,
  type Member,
  replyWith,
  SECRET,
  slam,
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

const { bindings } = { bindings: (ctx: Context) => ctx.log.bindings() as { request?: string } }

function seen(ctx: Context) {
  const { request } = bindings(ctx)
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
let arrived: IncomingMessage['headers'][]
const closing: (() => unknown)[] = []

before(async () => {
  issuer = await createIssuer()
  const { identity } = issuer
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
      const member = await startMember({ services: [depotService(named(name) as typeof depot)], databaseUrl: database.url })
      closing.push(() => member.close())
      return member
    },
    async impostor(...behaviour: Parameters<typeof startImpostor> extends [unknown, unknown, ...infer R] ? R : never) {
      const impostor = await startImpostor(database.url, name, ...behaviour)
      closing.push(() => impostor.close())
      return impostor
    },
    known: (count: number) => known(near, name, count),
    peers: () => near.fleet.targets.of(name).peers(),
  }
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

const post1 = (path: string, headers: Record<string, string>, body: unknown = {}) =>
  fetch(`${far.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

describe('a call of another process', { timeout: 20_000 }, () => {
  it('is answered with the typed reply', async () => {
    const { crates } = await near.client(depot).count({ id: 'four' })

    assert.equal(crates, 4)
  })
})
