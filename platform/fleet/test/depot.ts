/** A service that keeps crates, for tests of calls between processes. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Context, domainError, service } from '@doran/kernel'
import { contract, del, get, post, put, Raw, Streamed, Type } from '@doran/kernel/contract'

export const noRoom = domainError('no_room', 409, 'There is no room for {crates} crates.')

export const Seen = Type.Object({
  actor: Type.Optional(Type.Unknown()),
  request: Type.Optional(Type.String()),
  traceparent: Type.String(),
  remaining: Type.Number(),
})

export const Crates = Type.Object({ crates: Type.Integer() })

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
  audit: get('/depot/audit', { summary: 'Audit', access: ['auditor'], reply: Crates }),
  nap: post('/depot/nap', { summary: 'Sleep', access: 'internal', body: Type.Object({ ms: Type.Integer() }) }),
}

/** A test that breaks instances uses a service of another name. */
export const named = (name: string) => contract(name, operations)
export const depot = named('depot')

/** Appends the ids of stored crates to `stored`. */
export function depotService(of = depot, stored: string[] = []) {
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
      audit: async () => ({ crates: 0 }),
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

/** Posts JSON. */
export function send(url: string, headers: Record<string, string>, body: unknown = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}
