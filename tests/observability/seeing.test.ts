import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from '@doran/kernel'
import { order } from '@doran/order/contract'
import { payByCard } from '@doran/payment-sandbox'
import type { Child } from '../../apps/server/children.ts'
import { services } from '../../apps/server/services.ts'
import type { CollectedSpan } from '../../platform/fleet/test/collector.ts'
import { address, CARDS, RETURN_URL, SECRET } from '../journeys/marketplace.ts'
import { documentedMetrics, documentedQueries, documentedSql } from './document.ts'
import { readMetrics } from './exposition.ts'
import type { Alert } from './prometheus.ts'
import { openSplitSystem, SKU, type SplitSystem } from './split-system.ts'
import { gapsOf, outsideParents, pathTo } from './traces.ts'

const names = services.map(({ contract }) => contract.name)
const SENT = '0af7651916cd43dd8448eb211c80319c'
const SENDER = 'b7ad6b7169203331'
/** Milliseconds that clocks and a busy machine may add. */
const TOLERANCE_MS = 500

let system: SplitSystem
before(async () => {
  system = await openSplitSystem()
})
after(() => system.close())

const send = (method: string, path: string, body?: unknown, headers = {}) =>
  system.market.platform.request(method, path, { as: system.buyer, headers, ...(body !== undefined && { body }) })

/** Polls for up to a minute until there is a value, and returns it. */
async function until<T>(find: () => Promise<T | undefined | false>): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; await pause(200)) {
    const found = await find()
    if (found) return found
  }
  throw new Error(`it did not happen within a minute: ${find}`)
}

/** Returns the result of a query for each process, by the service that runs there. */
async function byJob(expression: string): Promise<Map<string, number>> {
  const samples = await system.prometheus.query(expression)
  return new Map(samples.map(({ metric, value }) => [metric.job as string, value]))
}

async function metricsOf(service: string) {
  return readMetrics(await (await fetch(`${system.urls.get(service)}/metrics`)).text())
}

describe('Prometheus', () => {
  before(async () => {
    // A series has no rate if it existed before the first scrape. So every request is made twice.
    for (let round = 1; round <= 2; round++) {
      for (const [method, path, body] of system.requests.values()) {
        for (let time = 1; time <= 10; time++) assert.equal((await send(method, path, body)).status, 200, path)
        assert.ok([401, 404, 200].includes((await system.market.platform.request(method, path, { body })).status), path)
      }
      assert.equal((await send('GET', '/api/gateway/routes')).status, 403)
      await system.market.buy(system.buyer, { [SKU]: 1 })
      await system.market.buy(system.buyer, { [SKU]: 1 }, CARDS.declined)
      await system.prometheus.scraped()
    }
  })

  it('scrapes every process', async () => {
    assert.deepEqual([...(await byJob('up == 1')).keys()].toSorted(), names.toSorted())
  })

  it('counts requests at the gateway and at the service', async () => {
    for (const [service, operation] of [
      ['profile', 'getProfile'],
      ['payment', 'getPayment'],
    ]) {
      const counted = await byJob(
        `sum by (job) (doran_http_request_duration_seconds_count{service="${service}", operation="${operation}", status="2xx"})`,
      )

      // Everyone may see a profile, so the two requests without a token count as well.
      const expected = service === 'profile' ? 22 : 20
      assert.deepEqual(Object.fromEntries(counted), { gateway: expected, [service as string]: expected })
    }
    const refused = await byJob(
      'sum by (job) (doran_http_request_duration_seconds_count{operation="getPayment", status="4xx"})',
    )
    assert.deepEqual(Object.fromEntries(refused), { gateway: 2, payment: 2 })
  })

  it('has rate, errors and duration of the public requests of every process', async () => {
    const rates = await byJob('sum by (job) (rate(doran_http_request_duration_seconds_count[1m]))')
    const refused = await byJob('sum by (job) (doran_http_request_duration_seconds_count{status="4xx"})')
    const p95 = await byJob(
      'histogram_quantile(0.95, sum by (job, le) (rate(doran_http_request_duration_seconds_bucket[1m])))',
    )

    assert.deepEqual([...rates.keys()].toSorted(), names.toSorted())
    for (const name of names.filter((name) => name !== 'gateway')) {
      assert.ok((rates.get(name) as number) > 0, name)
      assert.ok((p95.get(name) as number) > 0 && (p95.get(name) as number) < 10, `${name} ${p95.get(name)}`)
    }
    assert.ok((refused.get('gateway') as number) >= 10)
  })

  it('has rate, errors and duration of calls between services, at both ends', async () => {
    const made = await system.prometheus.query(
      'sum by (job, service, outcome) (doran_call_duration_seconds_count{service!="auth"})',
    )
    const taken = await byJob('sum by (job) (doran_served_call_duration_seconds_count{status=~"[245]xx"})')
    const p95 = await byJob(
      'histogram_quantile(0.95, sum by (job, le) (rate(doran_call_duration_seconds_bucket{job="order"}[1m])))',
    )

    const ways = made.map(({ metric: { job, service, outcome } }) => `${job} → ${service}: ${outcome}`)
    for (const way of [
      'order → payment: ok',
      'order → inventory: ok',
      'article → profile: ok',
      'payment → order: ok',
    ]) {
      assert.ok(ways.includes(way), `${way} is not among ${ways.join(', ')}`)
    }
    for (const name of ['auth', 'payment', 'inventory', 'order']) assert.ok((taken.get(name) as number) > 0, name)
    assert.ok((p95.get('order') as number) > 0)
  })

  it('has duration, failures and lag of tasks', async () => {
    const database = system.market.platform.database('order')
    // A task without a handler, a task whose saga does not exist, and a task that has been failing for long.
    await database.run(sql`
      insert into doran.tasks (handler, payload, run_at, failing_since) values
        ('order/on:nothing', '{}', now() - interval '100 seconds', null),
        ('order/saga:checkout@2', '{"saga":"019a0000-0000-7000-8000-000000000000"}', now(), null),
        ('order/saga:cancellation@2', '{}', now() + interval '1 hour', now() - interval '15 minutes')`)
    await until(async () => {
      const dead = await byJob('doran_tasks{service="order", state="dead"}')
      return dead.get('order') === 1
    })
    await system.prometheus.scraped()

    const runs = await system.prometheus.query('sum by (handler, outcome) (doran_task_duration_seconds_count)')
    const outcomes = runs.map(({ metric: { handler, outcome } }) => `${handler} ${outcome}`)
    for (const expected of [
      'order/saga:checkout@2 done',
      'order/saga:checkout@2 dead',
      'relay/order/on:payment.approved done',
      'order/on:payment.approved done',
      'product/on:order.paid done',
    ]) {
      assert.ok(outcomes.includes(expected), `${expected} is not among ${outcomes.join(', ')}`)
    }
    const lag = await byJob('max by (job) (doran_task_lag_seconds{service="order"})')
    assert.ok((lag.get('order') as number) > 100)
    // A service whose process is gone is reported by the processes that share its database.
    assert.ok((lag.get('product') as number) > 100)
    // A job may be due at the moment of one scrape.
    const isValue = async (expression: string, service: string, value: number) =>
      (await byJob(expression)).get(service) === value
    await until(() => isValue('max by (job) (doran_task_lag_seconds{service="payment"})', 'payment', 0))
    await until(() => isValue('doran_tasks{service="order", state="due"}', 'order', 1))
    const failing = await byJob('doran_saga_failing_seconds{handler="order/saga:cancellation@2"}')
    assert.ok((failing.get('order') as number) >= 900)
    await database.run(sql`delete from doran.tasks where handler = 'order/saga:cancellation@2'`)
  })

  it('has the utilisation of every process', async () => {
    for (const expression of [
      'rate(nodejs_eventloop_active_seconds_total[1m])',
      'rate(process_cpu_seconds_total[1m])',
      'nodejs_eventloop_lag_p99_seconds',
      'process_resident_memory_bytes',
      'nodejs_heap_size_used_bytes',
      'sum by (job) (doran_database_connections_max)',
      'sum by (job) (doran_bulkhead_running)',
    ]) {
      const values = await byJob(expression)
      assert.deepEqual([...values.keys()].toSorted(), names.toSorted(), expression)
    }
    for (const expression of [
      'sum by (job) (doran_database_connections_used)',
      'sum by (job) (doran_database_connections_idle)',
      'sum by (job) (doran_database_connections_waiting)',
      'doran_requests_in_flight',
      'sum by (job) (doran_bulkhead_waiting)',
      'sum by (job) (doran_peer_requests)',
    ]) {
      const values = await byJob(expression)
      assert.deepEqual([...values.keys()].toSorted(), names.toSorted(), expression)
      for (const [job, value] of values) assert.ok(value >= 0 && value <= 20, `${expression} ${job} ${value}`)
    }
    assert.equal((await byJob('doran_database_connections_max{services="order"}')).get('order'), 10)
    for (const busy of (await byJob('rate(nodejs_eventloop_active_seconds_total[1m])')).values()) {
      assert.ok(busy > 0 && busy <= 1.01, `busy ${busy}`)
    }
    const breakers = await system.prometheus.query('doran_peer_breaker{job="gateway"}')
    assert.deepEqual(
      breakers.map(({ metric }) => metric.service).toSorted(),
      names.filter((name) => name !== 'gateway').toSorted(),
    )
  })
})

describe('the metrics', () => {
  it('are those of the document, with its descriptions, and no others', async () => {
    const listed = new Map<string, { type: string; help: string; labels: Set<string> }>()
    for (const name of names) {
      for (const { name: metric, type, help, samples } of (await metricsOf(name)).values()) {
        const known = listed.get(metric) ?? { type, help, labels: new Set() }
        for (const label of samples.flatMap(Object.keys)) known.labels.add(label)
        listed.set(metric, known)
      }
    }
    const documented = await documentedMetrics()

    assert.deepEqual(documented.map(({ name }) => name).toSorted(), [...listed.keys()].toSorted())
    for (const { name, type, help, labels } of documented) {
      const found = listed.get(name)
      assert.deepEqual([type, help], [found?.type, found?.help], name)
      // A gauge that measures nothing at the moment has no sample, and so no labels.
      if (found?.labels.size) assert.deepEqual(labels.toSorted(), [...found.labels].toSorted(), name)
    }
  })

  it('have labels with few values, whatever clients request', async () => {
    const operations = new Set(services.flatMap(({ contract }) => Object.keys(contract.operations)))
    const urls = new Set(system.urls.values())
    const values: Record<string, (value: string) => boolean> = {
      service: (value) => names.includes(value) || value === 'doran',
      services: (value) => value === '' || value.split(',').every((name) => names.includes(name)),
      operation: (value) => operations.has(value) || ['doran.receive', 'doran.subscribe'].includes(value),
      status: (value) => /^([2-5]xx|gone)$/.test(value),
      outcome: (value) => ['ok', 'refused', 'failed', 'done', 'dead', 'lost'].includes(value),
      state: (value) => ['due', 'dead'].includes(value),
      lane: (value) => ['urgent', 'events', 'jobs', 'bulk'].includes(value),
      handler: (value) => /^(relay\/)?[a-z]+\/(on|job|saga):[\w.@-]+$/.test(value),
      peer: (value) => urls.has(value),
    }
    const count = async () => {
      let series = 0
      for (const name of names) {
        for (const { name: metric, samples } of (await metricsOf(name)).values()) {
          series += samples.length
          if (!metric.startsWith('doran_')) continue
          for (const [label, value] of samples.flatMap(Object.entries)) {
            assert.ok(values[label]?.(value), `${metric} of ${name} has ${label}="${value}"`)
          }
        }
      }
      return series
    }
    await send('GET', '/api/inventory/never-seen')
    const before = await count()

    for (let number = 0; number < 50; number++) {
      await send('GET', `/api/inventory/made-up-${number}`)
      await send('GET', `/nowhere/${number}`)
    }

    assert.ok((await count()) < before + 50, `${await count()} series, ${before} before`)
    for (const name of names) {
      const lines = [...(await metricsOf(name)).values()].reduce((sum, { samples }) => sum + samples.length, 0)
      assert.ok(lines < 5_000, `${name} has ${lines} series`)
    }
  })
})

describe('the queries in the document', () => {
  it('return samples from Prometheus', async () => {
    const queries = await documentedQueries()

    assert.ok(queries.length >= 10)
    for (const query of queries) assert.ok((await system.prometheus.query(query)).length > 0, query)
  })
})

describe('a trace', () => {
  let orderId: string
  let spans: readonly CollectedSpan[]

  /** Makes a purchase up to the payment page. Each request carries this trace context. */
  async function purchase(headers = {}): Promise<string> {
    const orders = system.market.platform.api(order, system.buyer)
    const cart = await orders.createCart()
    const { total } = await orders.addLine({ cartId: cart.id, sku: SKU, quantity: 1 })
    const placed = await send(
      'POST',
      '/api/orders',
      { cartId: cart.id, expectedTotal: total, address, note: '' },
      headers,
    )
    const opened = await send('POST', `/api/orders/${placed.body.id}/payment`, { returnUrl: RETURN_URL }, headers)
    await payByCard(opened.body.paymentUrl, CARDS.approved)
    return placed.body.id
  }

  const webhooks = (drop: boolean) =>
    fetch(`${system.market.sandbox.url}/v1/faults`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
      body: JSON.stringify({ webhooks: { drop }, api: {} }),
    })

  /** Waits until a trace is complete: no span has come for as long as two batches take. */
  const whole = (traceId: string, last: string) =>
    until(async () => {
      const before = system.collector.spansOf(traceId)
      if (!before.some(({ name }) => name === last)) return undefined
      await pause(2_500)
      const now = system.collector.spansOf(traceId)
      return now.length === before.length && now
    })

  before(async () => {
    assert.equal((await webhooks(true)).status, 200)
    const headers = { traceparent: `00-${SENT}-${SENDER}-01` }
    orderId = await purchase(headers)
    const confirmed = await send('POST', `/api/orders/${orderId}/payment/confirmation`, undefined, headers)
    assert.equal(confirmed.body.status, 'paid')
    spans = await whole(SENT, 'product/on:order.paid')
    await webhooks(false)
  })

  it('of a purchase leads from the gateway through order, payment and the outbox to inventory without a gap', () => {
    const trace = new Set(spans.map(({ service }) => service))
    for (const service of ['gateway', 'order', 'payment', 'inventory', 'product'])
      assert.ok(trace.has(service), service)
    assert.deepEqual(gapsOf(spans, SENDER), [])
    assert.deepEqual(pathTo(spans, 'inventory', 'inventory.reserve'), [
      'gateway server order.startPayment',
      'gateway client order.startPayment',
      'order server order.startPayment',
      'order client inventory.reserve',
      'inventory server inventory.reserve',
    ])
    assert.deepEqual(pathTo(spans, 'inventory', 'inventory.commit'), [
      'gateway server order.confirmPayment',
      'gateway client order.confirmPayment',
      'order server order.confirmPayment',
      'order consumer order/saga:checkout@2',
      'order internal checkout/commit-stock',
      'order client inventory.commit',
      'inventory server inventory.commit',
    ])
    assert.deepEqual(pathTo(spans, 'order', 'order.doran.receive'), [
      'gateway server order.confirmPayment',
      'gateway client order.confirmPayment',
      'order server order.confirmPayment',
      'order client payment.refreshPayment',
      'payment server payment.refreshPayment',
      'payment consumer relay/order/on:payment.approved',
      'payment client order.doran.receive',
      'order server order.doran.receive',
    ])
    assert.equal(spans.find(({ name }) => name === 'order/on:payment.approved')?.kind, 'consumer')
    assert.deepEqual(
      spans
        .filter(({ kind }) => kind === 'internal')
        .map(({ name }) => name)
        .toSorted(),
      ['authorise-payment', 'capture-payment', 'commit-stock', 'confirm-order', 'reserve-stock'].map(
        (step) => `checkout/${step}`,
      ),
    )
    assert.deepEqual(outsideParents(spans, TOLERANCE_MS), [])
    assert.ok(spans.every(({ error }) => error === undefined))
  })

  it('starts with the span that the client names, once for each of its requests', () => {
    const first = spans.filter(({ parentSpanId }) => parentSpanId === SENDER)

    assert.deepEqual(first.map(({ service, kind, name }) => `${service} ${kind} ${name}`).toSorted(), [
      'gateway server order.confirmPayment',
      'gateway server order.placeOrder',
      'gateway server order.startPayment',
    ])
  })

  it('is found incomplete if a span is missing or lies outside its parent', () => {
    const parents = new Set(spans.map(({ parentSpanId }) => parentSpanId))
    for (const lost of spans.filter(({ spanId }) => parents.has(spanId))) {
      const orphans = spans.filter(({ parentSpanId }) => parentSpanId === lost.spanId)
      assert.deepEqual(
        gapsOf(
          spans.filter((span) => span !== lost),
          SENDER,
        ),
        orphans.map(({ service, name }) => `${service} ${name}`),
      )
    }
    const [moved, ...others] = spans.filter(({ kind, parentSpanId }) => kind === 'client' && parentSpanId !== SENDER)
    const later = { ...(moved as CollectedSpan), end: (moved as CollectedSpan).end + 60_000 }
    const all = [...spans.filter((span) => span !== moved), later]
    assert.ok(others.length > 0)
    assert.deepEqual(outsideParents(all, TOLERANCE_MS), [`${later.service} ${later.name}`])
  })

  it("can be followed in the logs of all processes, starting from a request's id", () => {
    const { request } =
      system.log.find(({ trace, operation }) => trace === SENT && operation === 'confirmPayment') ?? {}
    const lines = system.log.filter(({ trace }) => trace === SENT)
    const told = lines.map(({ instance, operation, handler }) => `${instance} ${operation ?? handler}`)

    for (const expected of [
      'gateway.1 confirmPayment',
      'order.1 confirmPayment',
      'payment.1 refreshPayment',
      'payment.1 relay/order/on:payment.approved',
      'order.1 doran.receive',
      'order.1 order/on:payment.approved',
      'order.1 order/saga:checkout@2',
      'payment.1 capture',
      'inventory.1 reserve',
      'product.1 product/on:order.paid',
    ]) {
      assert.ok(told.includes(expected), `${expected} is not among ${told.join(', ')}`)
    }
    const ofRequest = system.log.filter((line) => line.request === request && line.msg === 'answered')
    assert.ok(ofRequest.length >= 3)
    assert.deepEqual([...new Set(ofRequest.map(({ trace }) => trace))], [SENT])
  })

  it('starts anew with a webhook, continues through the outbox to inventory, and can be found by the order', async () => {
    const paid = await purchase()
    await until(async () => (await send('GET', `/api/orders/${paid}`)).body.status === 'paid')
    const statement = (await documentedSql()).replaceAll('ORDER', paid)
    const rows = await system.market.platform
      .database('order')
      .all<{ name: string; trace_id: string }>(sql(Object.assign([statement], { raw: [statement] })))
    const found = rows.find(({ name }) => name === 'order.paid')
    const afterwards = await whole(found?.trace_id as string, 'product/on:order.paid')

    assert.deepEqual(gapsOf(afterwards), [])
    assert.deepEqual(pathTo(afterwards, 'inventory', 'inventory.reserve'), [
      'gateway server payment.receiveWebhook',
      'gateway client payment.receiveWebhook',
      'payment server payment.receiveWebhook',
      'payment consumer relay/order/on:payment.approved',
      'order consumer order/on:payment.approved',
      'order consumer order/saga:checkout@2',
      'order internal checkout/reserve-stock',
      'order client inventory.reserve',
      'inventory server inventory.reserve',
    ])
  })
})

describe('when a process is killed', () => {
  const raised = (name: string) => async (): Promise<Alert | undefined> =>
    (await system.prometheus.alerts()).find(({ labels, state }) => labels.alertname === name && state === 'firing')

  it('Prometheus notices, an alert fires, and the failing requests are counted', async () => {
    assert.equal(await raised('DoranProcessGone')(), undefined)
    const [method, path] = system.requests.get('comment') as readonly [string, string]
    const child = system.market.platform.children.get('comment.1') as Child

    process.kill(child.pid as number, 'SIGKILL')
    const answers = []
    for (let time = 1; time <= 5; time++) answers.push((await send(method, path)).status)

    assert.deepEqual([...new Set(answers)], [503])
    const alert = await until(raised('DoranProcessGone'))
    await system.prometheus.scraped()
    assert.equal(alert.labels.job, 'comment')
    assert.match(alert.annotations.summary ?? '', /^comment at 127\.0\.0\.1:\d+ does not answer$/)
    assert.deepEqual([...(await byJob('up == 0')).keys()], ['comment'])
    const failed = await byJob('sum by (job) (doran_http_request_duration_seconds_count{status="5xx"})')
    assert.deepEqual(Object.fromEntries(failed), { gateway: 5 })
    assert.ok(await until(raised('DoranTasksDead')))
  })
})
