import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { contract, get, service, Type } from '@doran/kernel'
import { createLog, type SpanSink } from '@doran/kernel/platform'
import { startPlatform } from '@doran/kernel/testing'
import { otlpSpans } from '../telemetry.ts'

const log = createLog('silent')

interface OtlpSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  status: { code: number; message?: string }
}

/** A collector that keeps what it is sent. */
class Collector {
  readonly spans: OtlpSpan[] = []
  status = 200
  resource: Record<string, string> = {}
  readonly #server = createServer(async (request, response) => {
    const { resourceSpans } = JSON.parse(await textOf(request))
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resource = Object.fromEntries(
        resource.attributes.map(({ key, value }: { key: string; value: { stringValue: string } }) => [
          key,
          value.stringValue,
        ]),
      )
      for (const { spans } of scopeSpans) this.spans.push(...spans)
    }
    const status = request.url === '/v1/traces' ? this.status : 404
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })

  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  close(): void {
    this.#server.close()
    this.#server.closeAllConnections()
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += chunk
  return text
}

const inner = contract('inner', {
  look: get('/inner', { summary: 'Look', access: 'internal', reply: Type.Object({}) }),
  fail: get('/inner/fail', { summary: 'Fail', access: 'internal', reply: Type.Object({}) }),
})
const outer = contract('outer', {
  ask: get('/outer', { summary: 'Ask', access: 'anyone', reply: Type.Object({}) }),
  break: get('/outer/break', { summary: 'Break', access: 'anyone', reply: Type.Object({}) }),
})
const services = [
  service(inner, {
    operations: {
      look: async () => ({}),
      fail: async () => {
        throw new Error('it is broken')
      },
    },
  }),
  service(outer, {
    operations: {
      ask: async (_input, ctx) => ctx.client(inner).look(),
      break: async (_input, ctx) => ctx.client(inner).fail(),
    },
  }),
]

describe('traces', () => {
  const collector = new Collector()
  let endpoint: string
  before(async () => {
    endpoint = await collector.open()
  })
  after(() => collector.close())

  const open = (to: string): SpanSink =>
    otlpSpans({ endpoint: to, service: 'order', instance: 'order.1', version: '1.2.3', log })

  it('tell a collector which work a request caused, in which order and how long it took', async () => {
    const platform = await startPlatform({ services, spans: open(endpoint) })
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await platform.request('GET', '/api/outer', { headers: { traceparent: parent } })
    await platform.close()

    const server = collector.spans.find(({ name }) => name === 'outer.ask') as OtlpSpan
    const client = collector.spans.find(({ name }) => name === 'inner.look') as OtlpSpan
    assert.deepEqual([server.kind, client.kind], [2, 3])
    assert.deepEqual([server.traceId, client.traceId], Array(2).fill('0af7651916cd43dd8448eb211c80319c'))
    assert.equal(server.parentSpanId, 'b7ad6b7169203331')
    assert.equal(client.parentSpanId, server.spanId)
    assert.ok(BigInt(server.startTimeUnixNano) <= BigInt(client.startTimeUnixNano))
    assert.ok(BigInt(client.endTimeUnixNano) <= BigInt(server.endTimeUnixNano))
    assert.ok(Math.abs(Number(BigInt(server.startTimeUnixNano) / 1_000_000n) - Date.now()) < 60_000)
    assert.deepEqual(collector.resource, {
      'service.name': 'order',
      'service.instance.id': 'order.1',
      'service.version': '1.2.3',
    })
  })

  it('tell of what failed', async () => {
    const platform = await startPlatform({ services, spans: open(endpoint) })
    await platform.request('GET', '/api/outer/break')
    await platform.close()

    const failed = collector.spans.find(({ name }) => name === 'inner.fail') as OtlpSpan
    assert.deepEqual(failed.status, { code: 2, message: 'it is broken' })
    assert.equal(collector.spans.find(({ name }) => name === 'outer.break')?.status.code, 2)
  })

  it('that a collector refuses are told of once, and its being well again too', async () => {
    const lines: { level: string; msg: string; err?: { message: string } }[] = []
    const told = createLog('info', { destination: { write: (line) => lines.push(JSON.parse(line)) } })
    const spans = otlpSpans({ endpoint, service: 'order', instance: 'order.1', version: '1.2.3', log: told })
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
    const fullBatch = () => {
      for (let index = 0; index < 512; index++) {
        spans.record({ trace, name: 'x', kind: 'server', start: 1, end: 2, attributes: {} })
      }
    }
    const answered = async (status: number) => {
      collector.status = status
      const before = collector.spans.length
      fullBatch()
      while (collector.spans.length < before + 512) await pause(10)
      await pause(50)
    }
    await answered(401)
    await answered(401)
    await answered(200)
    await answered(200)
    await spans.close()

    assert.deepEqual(
      lines.map(({ level }) => level),
      ['warn', 'info'],
    )
    assert.match(lines[0]?.msg ?? '', new RegExp(`${endpoint}/v1/traces`))
    assert.match(lines[0]?.err?.message ?? '', /Unauthorized/)
  })

  it('are lost without harm when the collector is away, and the end waits two seconds for it at most', async () => {
    const spans = open('http://127.0.0.1:1')
    const platform = await startPlatform({ services, spans })
    const answers = await Promise.all(Array.from({ length: 50 }, () => platform.request('GET', '/api/outer')))
    const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
    for (let index = 0; index < 20_000; index++) {
      spans.record({ trace, name: 'x', kind: 'server', start: 1, end: 2, attributes: {} })
    }
    const begun = performance.now()
    await platform.close()

    assert.ok(answers.every(({ status }) => status === 200))
    assert.ok(performance.now() - begun < 4_000)
  })
})
