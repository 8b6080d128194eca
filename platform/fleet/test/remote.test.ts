/** Calls between processes, as both sides see them. */
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { service } from '@doran/kernel'
import { contract, post, type Static } from '@doran/kernel/contract'
import { kernelErrors, type Problem, type Span } from '@doran/kernel/platform'
import { createIssuer, createTestDatabase } from '@doran/kernel/testing'
import { ServiceTokens } from '../service-token.ts'
import { Crates, depot, depotService, noRoom, Seen, send } from './depot.ts'
import { known, type Member, SECRET, startMember, took } from './members.ts'

/** The service that a customer calls. It calls the depot within its own requests. */
const shop = contract('shop', {
  look: post('/shop/look', { summary: 'Look', access: 'user', reply: Seen }),
  order: post('/shop/orders', { summary: 'Order', access: 'user', body: Crates, reply: Crates }),
})

let failuresLeft = 0
const shopService = service(shop, {
  operations: {
    look: (_input, ctx) => ctx.client(depot).look(),
    async order({ crates }, ctx) {
      await ctx.client(depot).store({ id: 'one', crates })
      await ctx.client(depot).store({ id: 'two', crates })
      if (failuresLeft-- > 0) throw new Error('half way')
      return { crates }
    },
  },
})

let database: Awaited<ReturnType<typeof createTestDatabase>>
let issuer: Awaited<ReturnType<typeof createIssuer>>
const spans: Span[] = []
const sink = { record: (span: Span) => void spans.push(span), close: async () => {} }
/** The calling process; `far` runs the depot. */
let near: Member
let far: Member
/** Headers of the requests that reached `far`. */
const arrived: IncomingMessage['headers'][] = []
const stored: string[] = []

before(async () => {
  issuer = await createIssuer()
  const identity = issuer.source
  database = await createTestDatabase([shopService, depotService()])
  const platform = { databaseUrl: database.url, identity, spans: sink }
  near = await startMember({ ...platform, services: [shopService] })
  far = await startMember({ ...platform, services: [depotService(depot, stored)] })
  far.http.server.on('request', ({ headers }: IncomingMessage) => arrived.push(headers))
  await known(near, 'depot', 1)
})
after(async () => {
  await near.close()
  await far.close()
  await database.drop()
})

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  let text = ''
  for await (const line of lines) text += line
  return text
}

/** Sends a request of a customer, which causes calls to the depot. */
function request(path: 'look' | 'orders', token: string, headers: Record<string, string> = {}): Promise<Response> {
  return send(`${near.url}/api/shop/${path}`, { authorization: `Bearer ${token}`, ...headers }, { crates: 1 })
}

async function look(token: string, headers?: Record<string, string>): Promise<Static<typeof Seen>> {
  return (await (await request('look', token, headers)).json()) as Static<typeof Seen>
}

async function order(token: string, headers: Record<string, string>): Promise<{ status: number; body: unknown }> {
  const response = await request('orders', token, headers)
  return { status: response.status, body: await response.json() }
}

describe('a call to another process', { timeout: 20_000 }, () => {
  it('is answered with the typed reply', async () => {
    const { crates } = await near.client(depot).count({ id: 'four' })

    assert.equal(crates, 4)
  })

  it('is answered with nothing, text or a stream, as the contract says', async () => {
    const client = near.client(depot)

    assert.equal(await client.clear({ id: 'a' }), undefined)
    assert.equal(await client.label({ id: 'a' }), '"a"\n')
    assert.equal(await textOf(await client.stock()), 'crate 0 ü\ncrate 1 ü\ncrate 2 ü\n')
  })

  it('acts for the user of the request, and for nobody when the system calls', async () => {
    const { token, ...actor } = await issuer.user(['seller'])

    assert.deepEqual((await look(token)).actor, actor)
    assert.equal((await near.client(depot).look()).actor, undefined)
    assert.deepEqual((await near.client(depot, actor).look()).actor, actor)
  })

  it('belongs to the request and the trace of its caller, as a child of the call', async () => {
    const { token } = await issuer.user()
    const traceId = 'ab'.repeat(16)

    const seen = await look(token, {
      'x-request-id': 'request-from-outside',
      traceparent: `00-${traceId}-${'cd'.repeat(8)}-01`,
    })

    assert.equal(seen.request, 'request-from-outside')
    assert.equal(seen.traceparent.split('-')[1], traceId)
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
    assert.equal(seen.traceparent.split('-')[2], served?.spanId)
  })

  it('carries a key derived from that of the request, so that a retry repeats no effect', async () => {
    const { token } = await issuer.user()
    const headers = { 'idempotency-key': 'order-1' }
    arrived.length = 0
    stored.length = 0
    failuresLeft = 1

    const failed = await order(token, headers)
    const repeated = await order(token, headers)

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

  it('ends at its deadline, even when the operation takes longer', async () => {
    const nap = () =>
      assert.rejects(near.client(depot).nap({ ms: 1_500 }, { timeout: 100 }), kernelErrors.outcomeUnknown.is)
    const times = [await took(nap)]
    // An answer in between keeps the circuit breaker closed.
    await near.client(depot).count({ id: 'a' })
    times.push(await took(nap))
    await near.client(depot).count({ id: 'a' })

    assert.ok(Math.min(...times) < 400, `${times} ms`)
  })

  it('is refused when its deadline has passed before it arrives', async () => {
    const token = await new ServiceTokens([SECRET]).sign('depot', undefined)
    const headers = { authorization: `Bearer ${token}`, 'x-doran-timeout': '0' }
    const late = await send(`${far.url}/calls/depot/look`, headers)

    assert.deepEqual([late.status, ((await late.json()) as Problem).code], [504, 'deadline_exceeded'])
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

  it('about an input that does not fit is a mistake of the caller, and names each field', async () => {
    await assert.rejects(
      near.client(depot).store({ id: '', crates: 'many' as never }),
      /^TypeError: the input of depot\.store does not fit its schema: \{"crates":\[/,
    )
  })

  it('that is unexpected reveals no internal details', async () => {
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

  it('about a different secret names the instance, and is no refusal that would make a saga compensate', async (t) => {
    const stranger = await startMember({
      databaseUrl: database.url,
      services: [],
      environment: { DORAN_SERVICE_SECRET: 'another secret than all the others of this fleet have' },
    })
    t.after(() => stranger.close())
    await known(stranger, 'depot', 1)
    const before = stored.length

    await assert.rejects(stranger.client(depot).store({ id: 'mine', crates: 1 }), (error: Error) => {
      assert.ok(kernelErrors.serviceUnavailable.is(error))
      assert.match(String(error.cause), /DORAN_SERVICE_SECRET must be the same/)
      return true
    })
    assert.equal(stored.length, before)
  })
})
