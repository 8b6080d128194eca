import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import gateway from '@doran/gateway'
import { sql } from '@doran/kernel'
import { Pool } from '@doran/kernel/platform'
import { createTestDatabase, freePort } from '@doran/kernel/testing'
import { services } from '../../apps/server/services.ts'
import { until } from '../../platform/fleet/test/members.ts'
import { startYard, type YardProcess, yardService } from './yard.ts'

const DRAIN_MS = 1_000
const GRACE_MS = 4_000

let database: Awaited<ReturnType<typeof createTestDatabase>>
let environment: Record<string, string>
before(async () => {
  database = await createTestDatabase([gateway, yardService('')])
  environment = {
    DATABASE_URL: database.url,
    DORAN_SERVICE_SECRET: 'the secret that the processes of this test share',
    REQUEST_TIMEOUT_MS: '60000',
    RATE_LIMIT_PER_IP: '1000000',
    AUTH_PASSWORD_RATE: '1000000',
    RATE_LIMIT_FILES_PER_IP: '1000000',
    RATE_LIMITS_PER_NETWORK: 'order.createCart=1000000',
    DRAIN_MS: String(DRAIN_MS),
    SHUTDOWN_GRACE_MS: String(GRACE_MS),
  }
})
after(() => database.drop())

describe('a service that is told to stop', { timeout: 60_000 }, () => {
  let entry: YardProcess
  let yards: YardProcess[]
  before(async () => {
    ;[entry, ...yards] = (await Promise.all(
      ['gateway.1', 'yard.1', 'yard.2'].map((name) => startYard(name, environment)),
    )) as [YardProcess, YardProcess, YardProcess]
    await until(async () => (await whoWorks(entry, 16)).size === 2)
  })
  after(() => end(entry, ...yards))

  it('finishes requests in flight, closes WebSockets for a reconnect, cuts off what exceeds the grace period, and gets no new requests', async () => {
    const [first] = yards as [YardProcess]
    const long = Array.from({ length: 8 }, () => work(entry, 2_000))
    const feeds = Array.from({ length: 4 }, () => feed(entry, 20))
    const tooLong = timed(work(first, 30_000))
    const sockets = await Promise.all(Array.from({ length: 12 }, () => talk(entry)))
    const talking = sockets.filter(({ by }) => by === 'yard.1')
    await pause(200)

    const stopped = performance.now()
    first.child.kill('SIGTERM')
    await until(async () => !(await whoWorks(entry, 8)).has('yard.1'))
    const later = (async () => {
      const by = new Set<string>()
      while (performance.now() - stopped < GRACE_MS) for (const name of await whoWorks(entry, 4)) by.add(name)
      return by
    })()

    assert.deepEqual(new Set((await Promise.all(long)).map(({ by }) => by)), new Set(['yard.1', 'yard.2']))
    for (const events of await Promise.all(feeds)) assert.equal(events, 20)
    const { error, at } = await tooLong
    assert.ok(error)
    assert.ok(at - stopped >= GRACE_MS - 50 && at - stopped < GRACE_MS + 1_000, `cut after ${at - stopped} ms`)
    assert.equal(await first.ended, 0)
    assert.ok(performance.now() - stopped < GRACE_MS + 2_000)
    assert.deepEqual(await later, new Set(['yard.2']))
    assert.ok(talking.length > 0 && talking.length < 12)
    assert.deepEqual([...new Set(await Promise.all(talking.map(({ closed }) => closed)))], [1001])
    assert.equal((await talk(entry)).by, 'yard.2')
  })

  it('returns an unfinished task, which another process takes at once', async (t) => {
    const more = await startYard('yard.3', environment)
    t.after(() => end(more))
    const pool = new Pool(database.url, 2)
    t.after(() => pool.close())
    const holder = async () => {
      const row = await pool.at(0).first<{ holder: string }>(sql`
        select holder from doran.tasks where handler = 'yard/on:yard.work-ordered' and holder is not null`)
      return row?.holder
    }
    await fetch(`${entry.url}/api/yard/orders`, { method: 'POST' })
    await until(async () => (await holder()) !== undefined)
    const before = await holder()
    const holding = before === 'yard.3' ? more : (yards[1] as YardProcess)

    holding.child.kill('SIGTERM')
    assert.equal(await holding.ended, 0)

    assert.ok((await until(async () => (await holder()) !== before)) < 500)
  })
})

describe('a gateway that is told to stop', { timeout: 60_000 }, () => {
  let yard: YardProcess
  let entry: YardProcess
  before(async () => {
    ;[yard, entry] = await Promise.all([startYard('yard.4', environment), startYard('gateway.2', environment)])
    await until(async () => (await whoWorks(entry, 1)).has('yard.4'))
  })
  after(() => end(yard, entry))

  it('answers for a while with a request to reconnect, then finishes requests in flight and closes WebSockets for a reconnect', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    assert.equal((await ask(`${entry.url}/health/ready`, agent)).status, 200)
    const long = work(entry, 2_000)
    const events = feed(entry, 20)
    const socket = await talk(entry)

    const stopped = performance.now()
    entry.child.kill('SIGTERM')
    await until(async () => (await ask(`${entry.url}/health/ready`, agent)).status === 503)
    const heard = await ask(`${entry.url}/api/yard/work`, agent, { ms: 0 })

    assert.deepEqual([heard.status, heard.connection], [200, 'close'])
    assert.equal((await long).by, 'yard.4')
    assert.equal(await events, 20)
    assert.equal(await socket.closed, 1001)
    assert.equal(await entry.ended, 0)
    assert.ok(performance.now() - stopped < GRACE_MS, 'it waits for nobody who only keeps a connection open')
  })

  it('without a drain time refuses clients that do not know it yet', async () => {
    const hasty = await startYard('gateway.3', { ...environment, DRAIN_MS: '0' })
    const refused = async () =>
      work(hasty, 0).then(
        () => false,
        () => true,
      )
    assert.equal(await refused(), false)
    const long = work(hasty, 1_000)
    await pause(100)
    hasty.child.kill('SIGTERM')
    await pause(DRAIN_MS / 2)

    assert.equal(await refused(), true)
    assert.equal((await long).by, 'yard.4')
    assert.equal(await hasty.ended, 0)
  })

  it('exits at once on a second signal', async () => {
    const stubborn = await startYard('gateway.4', environment)
    const long = timed(work(stubborn, 30_000))
    await pause(100)
    stubborn.child.kill('SIGTERM')
    await pause(100)
    const again = performance.now()
    stubborn.child.kill('SIGINT')

    assert.equal(await stubborn.ended, 1)
    assert.ok(performance.now() - again < DRAIN_MS)
    assert.ok((await long).error)
  })
})

describe('Doran with several workers that is told to stop', { timeout: 120_000 }, () => {
  it('finishes the requests in flight of each worker and exits with code 0', async (t) => {
    const shop = await createTestDatabase(services)
    const pool = new Pool(shop.url, 2)
    const PORT = String(await freePort())
    const program = fileURLToPath(new URL('../../apps/server/doran.ts', import.meta.url))
    const child = spawn(process.execPath, [program, 'start', '--workers', '2', '--no-seed'], {
      env: {
        ...process.env,
        LOG_LEVEL: 'silent',
        DATABASE_URL: shop.url,
        PAYMENT_SANDBOX_URL: 'http://127.0.0.1:1',
        PORT,
      },
      stdio: 'ignore',
    })
    const ended = once(child, 'exit')
    t.after(async () => {
      child.kill('SIGKILL')
      await ended
      await pool.close()
      await shop.drop()
    })
    const url = `http://127.0.0.1:${PORT}`
    const isUp = () =>
      fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(500) }).then(
        ({ ok }) => ok,
        () => false,
      )
    await until(isUp, 60_000)

    const { promise: unlocked, resolve: unlock } = Promise.withResolvers<void>()
    const { promise: locked, resolve: lock } = Promise.withResolvers<void>()
    const holding = pool.at(0).transaction(async (tx) => {
      await tx.run(sql`set local idle_in_transaction_session_timeout = 0`)
      await tx.run(sql`lock table "order".carts in access exclusive mode`)
      lock()
      await unlocked
    })
    await locked
    const carts = Array.from({ length: 8 }, () => fetch(`${url}/api/carts`, { method: 'POST' }))
    await pause(500)
    child.kill('SIGTERM')
    await until(async () => !(await isUp()))
    unlock()
    await holding

    assert.deepEqual(new Set((await Promise.all(carts)).map(({ status }) => status)), new Set([201]))
    assert.deepEqual(await ended, [0, null])
  })
})

async function work({ url }: YardProcess, ms: number): Promise<{ by: string }> {
  const answer = await fetch(`${url}/api/yard/work`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ms }),
  })
  if (!answer.ok) throw new Error(await answer.text())
  return (await answer.json()) as { by: string }
}

/** Returns which processes answer this many short requests. */
async function whoWorks(entry: YardProcess, requests: number): Promise<Set<string>> {
  const answers = await Promise.all(Array.from({ length: requests }, () => work(entry, 1)))
  return new Set(answers.map(({ by }) => by))
}

/** Requests a stream of this many events. Returns how many arrive. */
async function feed({ url }: YardProcess, events: number): Promise<number> {
  const answer = await fetch(`${url}/api/yard/feed?events=${events}`)
  return (await answer.text()).split('\n\n').length - 1
}

/** Opens a WebSocket. Returns the name that its first message says, and the code with which it will be closed. */
async function talk({ url }: YardProcess): Promise<{ by: string; closed: Promise<number> }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/yard/talk`)
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))
  const by = await new Promise<string>((resolve, reject) => {
    socket.addEventListener('message', ({ data }) => resolve(data), { once: true })
    socket.addEventListener('error', reject)
  })
  return { by, closed }
}

/** Sends one request over a connection of the agent. */
async function ask(url: string, agent: Agent, body?: object) {
  const sent = request(url, {
    agent,
    ...(body && { method: 'POST', headers: { 'content-type': 'application/json' } }),
  }).end(body && JSON.stringify(body))
  const [answer] = await once(sent, 'response')
  answer.resume()
  await once(answer, 'end')
  return { status: answer.statusCode as number, connection: answer.headers.connection as string }
}

/** Returns when the work ended, and its error if it failed. */
function timed(work: Promise<unknown>): Promise<{ at: number; error?: unknown }> {
  return work.then(
    () => ({ at: performance.now() }),
    (error) => ({ at: performance.now(), error }),
  )
}

async function end(...processes: YardProcess[]): Promise<void> {
  for (const { child } of processes) child.kill('SIGKILL')
  await Promise.all(processes.map(({ ended }) => ended))
}
