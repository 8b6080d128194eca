/** How processes find each other, and how one stops without failed calls. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { newId, service, sql } from '@doran/kernel'
import { contract, get, Type } from '@doran/kernel/contract'
import { Pool, type Service } from '@doran/kernel/platform'
import { createTestDatabase, freePort, startTestPostgres } from '@doran/kernel/testing'
import { dnsDiscovery } from '../peers/discovery.ts'
import { Registry } from '../peers/registry.ts'
import { createMember, known, log, type Member, startMember, startStuckProcess, until } from './members.ts'

const clockContract = (name: string) =>
  contract(name, {
    tell: get('/clock', { summary: 'Tell', access: 'anyone', reply: Type.Object({ of: Type.String() }) }),
  })
const clock = clockContract('clock')
const clockService = (of = clock): Service => service(of, { operations: { tell: async () => ({ of: of.name }) } })

const closing: (() => unknown)[] = []
let database: Awaited<ReturnType<typeof createTestDatabase>>
/** The calling process. */
let near: Member

before(async () => {
  database = await createTestDatabase([])
  near = await startMember({ services: [], databaseUrl: database.url })
})
afterEach(async () => {
  while (closing.length > 0) await closing.pop()?.()
})
after(async () => {
  await near.close()
  await database.drop()
})

async function member(options: Partial<Parameters<typeof startMember>[0]> = {}): Promise<Member> {
  const started = await startMember({ services: [clockService()], databaseUrl: database.url, ...options })
  closing.push(() => started.close())
  return started
}

const knownTo = ({ fleet }: Member, name = 'clock') => fleet.targets.of(name).peers().length

describe('a process', { timeout: 20_000 }, () => {
  it('is found by the others as soon as it listens', async () => {
    const joining = await createMember({ services: [clockService()], databaseUrl: database.url })
    closing.push(() => joining.close())
    assert.equal(knownTo(near), 0)

    await joining.listen()

    await until(() => knownTo(near) === 1)
    assert.deepEqual(await near.client(clock).tell(), { of: 'clock' })
  })

  it('gets no more calls once it announces its stop, and answers until all others have heard', async () => {
    // Much longer than the test watches it, so that it does not end early on a busy machine.
    const leaving = await member({ environment: { DRAIN_MS: '3000' } })
    await known(near, 'clock', 1)

    const left = performance.now()
    const closed = leaving.close()
    await until(() => knownTo(near) === 0)
    while (performance.now() - left < 500) {
      const response = await fetch(`${leaving.url}/api/clock`)
      assert.deepEqual([response.status, response.headers.get('connection')], [200, 'close'])
    }
    const ready = await fetch(`${leaving.url}/health/ready`)
    assert.deepEqual([ready.status, await ready.json()], [503, { status: 'unready', reasons: ['it is stopping'] }])

    await closed
    await assert.rejects(fetch(`${leaving.url}/api/clock`))
  })

  it('is found when it joins, and dropped when it leaves, within 200 milliseconds', async () => {
    const found: number[] = []
    const gone: number[] = []
    for (let time = 0; time < 5; time++) {
      const registry = await join(newId(), 'http://127.0.0.1:1', 'brief')
      found.push(await until(() => knownTo(near, 'brief') === 1))
      await registry.leave()
      gone.push(await until(() => knownTo(near, 'brief') === 0))
      await registry.close()
    }

    for (const times of [found, gone]) {
      const [, , median] = times.sort((one, other) => one - other) as [number, number, number]
      assert.ok(median < 200, `${times} ms`)
    }
  })

  it('that answers at another address after a restart is found there', async () => {
    const id = newId()
    const before = await join(id, 'http://127.0.0.1:1', 'moving')
    await until(() => near.fleet.targets.of('moving').peers()[0]?.url === 'http://127.0.0.1:1')
    await before.close()

    const restarted = await join(id, 'http://127.0.0.1:2', 'moving')
    closing.push(() => restarted.close())

    await until(() => near.fleet.targets.of('moving').peers()[0]?.url === 'http://127.0.0.1:2')
  })
})

describe('after the loss', { timeout: 30_000, concurrency: true }, () => {
  it('of a process, all others drop it within five seconds, even those that never call it', async () => {
    const { child } = await startStuckProcess(database.url)
    await known(near, 'note', 1)

    child.kill('SIGKILL')
    await once(child, 'exit')

    await until(() => knownTo(near, 'note') === 0, 5_000)
  })

  it('of the database, processes go on calling each other, also while all register again after its return', async (t) => {
    const own = await createOwnDatabase()
    const members: Member[] = []
    t.after(async () => {
      await Promise.all(members.map((one) => one.close()))
      await own.drop()
    })
    for (const services of [[], [clockService()], [clockService()], [clockService()]]) {
      members.push(await startMember({ services, databaseUrl: own.url }))
    }
    const [caller] = members as [Member]
    await known(caller, 'clock', 3)
    const peers = () => caller.fleet.targets.of('clock').peers()
    const before = peers()
    await registerWithoutHeartbeat(own.url, 'late')
    await known(caller, 'late', 1)
    const goesOn = async (duration: number) => {
      for (const end = performance.now() + duration; performance.now() < end; await pause(2)) {
        await caller.client(clock).tell()
      }
    }

    await own.shut()
    assert.equal((await fetch(`${caller.url}/health/ready`)).status, 503)
    await goesOn(4_000)
    await own.open()
    await goesOn(1_500)
    assert.equal(knownTo(caller, 'late'), 1)
    assert.deepEqual(
      peers().map((peer) => before.indexOf(peer)),
      [0, 1, 2],
    )

    members.push(await startMember({ services: [clockService()], databaseUrl: own.url }))
    await known(caller, 'clock', 4)
    await until(() => knownTo(caller, 'late') === 0)
  })
})

describe('by DNS', { timeout: 20_000 }, () => {
  it('each service has the address that the template gives it', () => {
    const { find } = dnsDiscovery('http://{service}.shop.internal:8080/')

    assert.deepEqual(find('order'), [{ id: 'http://order.shop.internal:8080', url: 'http://order.shop.internal:8080' }])
  })

  it('a service is called at that address, without a registry', async () => {
    const port = String(await freePort())
    const environment = { DORAN_SERVICE_URL: `http://{service}:${port}` }
    // The one service whose name every machine resolves.
    const named = clockContract('localhost')
    const served = await member({ services: [clockService(named)], environment: { ...environment, PORT: port } })
    const caller = await member({ services: [], environment })

    assert.deepEqual(await caller.client(named).tell(), { of: 'localhost' })
    assert.equal(served.url, `http://127.0.0.1:${port}`)
    assert.equal(knownTo(near, 'localhost'), 0)
  })
})

describe('a process is ready', { timeout: 20_000 }, () => {
  it('once the auth service has answered which tokens are revoked, and gets no calls before', async () => {
    let answers = false
    const identity = {
      keys: async () => ({ keys: [] }),
      async revocations() {
        if (!answers) throw new Error('the auth service is still starting')
        return []
      },
    }
    const port = String(await freePort())
    const starting = await createMember({
      services: [clockService()],
      databaseUrl: database.url,
      identity,
      environment: { PORT: port },
    })
    closing.push(() => starting.close())
    const listening = starting.listen()
    const ready = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/health/ready`)
      return { status: response.status, ...((await response.json()) as object) }
    }
    await until(() => starting.http.server.listening)

    const reasons = ['the auth service has not told which tokens are revoked']
    assert.deepEqual(await ready(), { status: 'unready', reasons })
    assert.equal((await fetch(`http://127.0.0.1:${port}/health/ready`)).status, 503)
    assert.equal((await fetch(`http://127.0.0.1:${port}/health/live`)).status, 200)
    assert.equal(knownTo(near), 0)

    answers = true
    await listening
    await known(near, 'clock', 1)
    assert.deepEqual(await ready(), { status: 'ready', reasons: [] })
  })
})

async function join(id: string, url: string, service: string): Promise<Registry> {
  const registry = new Registry(database.url, log)
  await registry.start()
  await registry.join({ id, url, services: [service], version: '1.0.0' })
  return registry
}

/** Registers an instance that never sends a heartbeat. */
async function registerWithoutHeartbeat(url: string, service: string): Promise<void> {
  const pool = new Pool(url, 5)
  await pool.at(0).run(sql`
    insert into doran.instances (id, url, services, version, state)
    values (${service}, 'http://127.0.0.1:1', ${[service]}::text[], '1.0.0', 'ready')`)
  await pool.close()
}

/** A database that a test can make unavailable for a while. */
async function createOwnDatabase() {
  const { url, drop } = await createTestDatabase([])
  const server = new Pool((await startTestPostgres()).adminUrl(), 5)
  const name = /\/(test_\w+)/.exec(url)?.[1] as string
  const allow = (yes: boolean) =>
    server.at(0).run(sql`alter database ${sql.raw(name)} allow_connections ${sql.raw(String(yes))}`)
  return {
    url,
    async shut() {
      await allow(false)
      await server.at(0).run(sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`)
    },
    open: () => allow(true),
    async drop() {
      await server.close()
      await drop()
    },
  }
}
