import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { service } from '@doran/kernel'
import { contract, get, Type } from '@doran/kernel/contract'
import { createLog, type SpanSink } from '@doran/kernel/platform'
import { startPlatform } from '@doran/kernel/testing'
import { otlpSpans } from '../telemetry.ts'
import { type CollectedSpan, type Collector, openCollector } from './collector.ts'

const log = createLog('silent')

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
  let collector: Collector
  before(async () => {
    collector = await openCollector()
  })
  after(() => collector.close())

  const open = (to: string): SpanSink =>
    otlpSpans({ endpoint: to, service: 'order', instance: 'order.1', version: '1.2.3', log })

  it('show a collector the work that a request caused, its order and its duration', async () => {
    const platform = await startPlatform({ services, spans: open(collector.url) })
    const parent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    await platform.request('GET', '/api/outer', { headers: { traceparent: parent } })
    await platform.close()

    const server = collector.spans.find(({ name }) => name === 'outer.ask') as CollectedSpan
    const client = collector.spans.find(({ name }) => name === 'inner.look') as CollectedSpan
    assert.deepEqual([server.kind, client.kind], ['server', 'client'])
    assert.deepEqual([server.traceId, client.traceId], Array(2).fill('0af7651916cd43dd8448eb211c80319c'))
    assert.equal(server.parentSpanId, 'b7ad6b7169203331')
    assert.equal(client.parentSpanId, server.spanId)
    assert.ok(server.start <= client.start && client.end <= server.end)
    assert.ok(Math.abs(server.start - Date.now()) < 60_000)
    assert.deepEqual(server.resource, {
      'service.name': 'order',
      'service.instance.id': 'order.1',
      'service.version': '1.2.3',
    })
  })

  it('show what failed', async () => {
    const platform = await startPlatform({ services, spans: open(collector.url) })
    await platform.request('GET', '/api/outer/break')
    await platform.close()

    const [inner, outer] = ['inner.fail', 'outer.break'].map((wanted) =>
      collector.spans.find(({ name }) => name === wanted),
    )
    assert.equal(inner?.error, 'it is broken')
    assert.ok(outer?.error)
  })

  it('that a collector refuses are logged once, and so is its recovery', async () => {
    const lines: { level: string; msg: string; err?: { message: string } }[] = []
    const told = createLog('info', { destination: { write: (line) => lines.push(JSON.parse(line)) } })
    const spans = otlpSpans({
      endpoint: collector.url,
      service: 'order',
      instance: 'order.1',
      version: '1.2.3',
      log: told,
    })
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
    assert.match(lines[0]?.msg ?? '', new RegExp(`${collector.url}/v1/traces`))
    assert.match(lines[0]?.err?.message ?? '', /Unauthorized/)
  })

  it('are lost without harm when the collector is down, and the shutdown waits for it two seconds at most', async () => {
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
