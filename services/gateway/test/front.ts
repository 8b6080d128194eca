/** A gateway in front of services that run in other processes. */
import type { RequestListener } from 'node:http'
import { Readable } from 'node:stream'
import gateway, { gatewayConfig, openApi, publicDoor, RouteShares, readRouteTargets } from '@doran/gateway'
import { domainError, service } from '@doran/kernel'
import { contract, del, get, post, put, Raw, Streamed, Type } from '@doran/kernel/contract'
import { readConfig } from '@doran/kernel/platform'
import { createIssuer, createTestDatabase, type TestResponse } from '@doran/kernel/testing'
import {
  type Impostor,
  known,
  type Member,
  type MemberOptions,
  startImpostor,
  startMember,
} from '../../../platform/fleet/test/members.ts'

export const MB = 1_048_576
/** The gateway's timeout for requests to a service. */
export const PROXY_TIMEOUT_MS = 1_500

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

/** Services whose instances the tests start themselves. */
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
const DEPOTS = ['bulk', 'dead', 'absent', 'shared', 'hedged', 'alone', 'cut', 'left'].map(depotNamed)

export interface Front {
  readonly door: Member
  readonly issuer: Awaited<ReturnType<typeof createIssuer>>
  readonly databaseUrl: string
  /** Starts another gateway, which `clear` closes. */
  gateway(environment?: Record<string, string>): Promise<Member>
  /** Starts a fake instance of one of the `DEPOTS` services, which `clear` closes. */
  impostor(name: string, behave: RequestListener): Promise<Impostor>
  /** Sends a request to the gateway, or to the one in `at`. */
  ask(path: string, asked?: Asked): Promise<Answer>
  /** Closes everything that the last test opened. */
  clear(): Promise<void>
  close(): Promise<void>
}

interface Asked {
  method?: string
  headers?: Record<string, string>
  as?: { token: string }
  body?: unknown
  at?: Member
}

interface Answer extends Pick<TestResponse, 'status' | 'body'> {
  headers: Headers
  /** The duration in milliseconds. */
  took: number
}

/** Starts a gateway with this environment, and the services behind it. */
export async function openFront(environment: Record<string, string> = {}): Promise<Front> {
  const issuer = await createIssuer()
  const database = await createTestDatabase([gateway, shelfService])
  const about = { databaseUrl: database.url, identity: issuer.source }
  const door = await startGateway(about, environment)
  const shelves = await startMember({ ...about, services: [shelfService] })
  await known(door, 'shelf', 1)
  const closing: (() => unknown)[] = []

  return {
    door,
    issuer,
    databaseUrl: database.url,
    async gateway(own = {}) {
      const started = await startGateway(about, { ...environment, ...own })
      closing.push(() => started.close())
      return started
    },
    async impostor(name, behave) {
      const before = door.fleet.targets.of(name).peers().length
      const started = await startImpostor(database.url, name, behave)
      closing.push(async () => {
        await started.close()
        await known(door, name, before)
      })
      await known(door, name, before + 1)
      return started
    },
    ask: (path, { at = door, ...asked } = {}) => ask(`${at.url}/api${path}`, asked),
    async clear() {
      while (closing.length > 0) await closing.pop()?.()
    },
    async close() {
      await door.close()
      await shelves.close()
      await database.drop()
    },
  }
}

async function startGateway(
  about: Pick<MemberOptions, 'databaseUrl' | 'identity'>,
  environment: Record<string, string>,
): Promise<Member> {
  const [config] = readConfig([gatewayConfig], environment)
  const shares = new RouteShares(readRouteTargets(config))
  const contracts = [shelf, ...DEPOTS]
  const started = await startMember({
    ...about,
    services: [gateway],
    environment,
    edge: ({ targets }) =>
      publicDoor({
        config,
        api: openApi([shelfService], { version: '1.0.0' }),
        errors: [],
        proxy: { contracts, targets, shares, timeout: PROXY_TIMEOUT_MS },
      }),
  })
  await shares.watch(started.database('gateway'), started.channel)
  return started
}

async function ask(url: string, { method = 'GET', headers = {}, as, body }: Omit<Asked, 'at'>): Promise<Answer> {
  const start = performance.now()
  const response = await fetch(url, {
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
