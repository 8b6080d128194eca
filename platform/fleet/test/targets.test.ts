/** Calls to instances that do not answer, fail, hang or are gone. */
import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '@doran/kernel'
import type { Client } from '@doran/kernel/contract'
import { kernelErrors } from '@doran/kernel/platform'
import { createTestDatabase } from '@doran/kernel/testing'
import { type depot, depotService, named } from './depot.ts'
import {
  hangUp,
  type Impostor,
  keepSilent,
  known,
  type Member,
  replyWith,
  startImpostor,
  startMember,
  took,
  until,
} from './members.ts'

let database: Awaited<ReturnType<typeof createTestDatabase>>
/** The calling process. */
let near: Member
const closing: (() => unknown)[] = []

before(async () => {
  database = await createTestDatabase([depotService()])
  near = await startMember({ services: [], databaseUrl: database.url })
})
afterEach(async () => {
  while (closing.length > 0) await closing.pop()?.()
})
after(async () => {
  await near.close()
  await database.drop()
})

/** A service for one test, and functions that start its instances. */
function another() {
  const name = `depot-${newId().slice(-8)}`
  const client: Client<typeof depot> = near.client(named(name) as typeof depot)
  return {
    name,
    client,
    async member(): Promise<Member> {
      const member = await startMember({
        services: [depotService(named(name) as typeof depot)],
        databaseUrl: database.url,
      })
      closing.push(() => member.close())
      return member
    },
    async impostor(behave: RequestListener): Promise<Impostor> {
      const impostor = await startImpostor(database.url, name, behave)
      closing.push(() => impostor.close())
      return impostor
    },
    known: (count: number) => known(near, name, count),
    peers: () => near.fleet.targets.of(name).peers(),
  }
}

async function repeat(times: number, work: () => Promise<unknown>): Promise<void> {
  for (let time = 0; time < times; time++) await work()
}

describe('a call that gets no answer', { timeout: 20_000 }, () => {
  it('is retried on another instance when it reads, is idempotent or has a key', async () => {
    const { client, impostor, member, known } = another()
    const dying = await impostor(hangUp)
    await member()
    await known(2)

    for (const call of [
      () => client.count({ id: 'a' }),
      () => client.settle({ id: 'a', crates: 1 }),
      () => client.store({ id: 'a', crates: 1 }, { key: newId() }),
    ]) {
      const before = dying.arrivals.length
      await until(async () => (await call()) && dying.arrivals.length > before)
    }
  })

  it('is not retried when that might repeat its effect, and its outcome is unknown', async () => {
    const { client, impostor, known } = another()
    const dying = await impostor(hangUp)
    await known(1)

    await assert.rejects(client.store({ id: 'a', crates: 1 }), (error) => {
      assert.ok(kernelErrors.outcomeUnknown.is(error))
      return error.status === 504
    })
    assert.equal(dying.arrivals.length, 1)
  })

  it('has an unknown outcome, even when the instances of later attempts cannot be reached', async () => {
    const { client, impostor, known } = another()
    const dying = await impostor((request) => {
      request.resume().once('end', () => dying.slam())
    })
    await known(1)

    await assert.rejects(client.store({ id: 'a', crates: 1 }, { key: newId() }), kernelErrors.outcomeUnknown.is)
    assert.equal(dying.arrivals.length, 1)
  })

  it('has the same outcome when only a part of the answer arrives', async () => {
    const { client, impostor, member, known } = another()
    const dying = await impostor((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
      response.write('{"crates":', () => response.destroy())
    })
    await known(1)
    await assert.rejects(client.store({ id: 'a', crates: 1 }), kernelErrors.outcomeUnknown.is)
    await member()
    await known(2)

    await until(async () => (await client.count({ id: 'a' })) && dying.arrivals.length > 1)
  })

  it('has the same outcome when a proxy in between answers', async () => {
    const { client, impostor, known } = another()
    await impostor((_request, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>')
    })
    await known(1)

    await assert.rejects(client.store({ id: 'a', crates: 1 }), kernelErrors.outcomeUnknown.is)
    await assert.rejects(client.count({ id: 'a' }), kernelErrors.serviceUnavailable.is)
  })
})

/** Reads in parallel, because each read that hangs takes half of its timeout. */
async function readUntilEjected(read: () => Promise<unknown>, peers: () => readonly { ejected: boolean }[]) {
  await until(async () => {
    await Promise.all(Array.from({ length: 10 }, read))
    return peers().some(({ ejected }) => ejected)
  })
}

describe('an instance', { timeout: 20_000 }, () => {
  it('that is gone makes calls fail at once, with the time after which to retry', async () => {
    const nobody = another()
    const { client, impostor, known } = another()
    const gone = await impostor(hangUp)
    await known(1)
    gone.slam()

    for (const call of [
      () => nobody.client.store({ id: 'a', crates: 1 }),
      () => client.store({ id: 'a', crates: 1 }),
    ]) {
      const refused = () =>
        assert.rejects(call, (error) => {
          assert.ok(kernelErrors.serviceUnavailable.is(error))
          assert.deepEqual([error.status, error.details.retryAfter], [503, 1])
          return true
        })
      // The fastest of three: on a busy machine the others measure its load.
      const times = [await took(refused), await took(refused), await took(refused)]
      assert.ok(Math.min(...times) < 100, `${times} ms`)
    }
  })

  it('that is dead makes no call fail while another one lives', async () => {
    const { client, impostor, member, known } = another()
    const dead = await impostor(hangUp)
    await member()
    await known(2)
    dead.slam()

    await repeat(100, () => client.store({ id: 'a', crates: 1 }))
  })

  it('that fails is ejected until its health check succeeds', async () => {
    const { client, impostor, member, known, peers } = another()
    const sick = await impostor(hangUp)
    sick.live = false
    await member()
    await known(2)

    await until(async () => (await client.count({ id: 'a' })) && peers().some(({ ejected }) => ejected))
    const before = sick.arrivals.length
    await repeat(50, () => client.count({ id: 'a' }))
    assert.equal(sick.arrivals.length, before)

    sick.live = true
    sick.behave = replyWith({ crates: 1 })
    await until(async () => (await client.count({ id: 'a' })) && sick.arrivals.length > before)
    assert.ok(peers().every(({ ejected }) => !ejected))
  })

  it('that hangs is ejected after a few calls, and no read fails', async () => {
    const { client, impostor, member, known, peers } = another()
    const hung = await impostor(keepSilent)
    hung.live = false
    await member()
    await known(2)
    const read = () => client.count({ id: 'a' }, { timeout: 2_000 })

    await readUntilEjected(read, peers)
    const before = hung.arrivals.length
    await repeat(50, read)

    assert.equal(hung.arrivals.length, before)
  })

  it('that hangs but passes its health check delays few calls', async () => {
    const { client, impostor, member, known, peers } = another()
    await impostor(keepSilent)
    await member()
    await known(2)
    const durations: number[] = []
    const read = async () => durations.push(await took(() => client.count({ id: 'a' }, { timeout: 2_000 })))
    await readUntilEjected(read, peers)
    durations.length = 0

    const outcomes: Promise<string>[] = []
    for (const end = performance.now() + 1_500; performance.now() < end; await pause(5)) {
      outcomes.push(read().then(() => 'answered', String))
    }
    assert.deepEqual(new Set(await Promise.all(outcomes)), new Set(['answered']))

    // A delayed read waits for half of its timeout before it tries another instance.
    const slow = durations.filter((duration) => duration > 990)
    assert.ok(slow.length < durations.length / 40, `${slow.length} of ${durations.length} reads were delayed`)
  })

  it('appears in the metrics with its circuit breaker', async () => {
    const { name, client, impostor, known } = another()
    const hung = await impostor(keepSilent)
    hung.live = false
    await known(1)
    const figure = async (metric: string) => {
      const text = await (await fetch(`${near.url}/metrics`)).text()
      const line = text.split('\n').find((line) => line.startsWith(`${metric}{service="${name}",peer="${hung.url}"}`))
      return Number(line?.split(' ')[1])
    }

    const failed = assert.rejects(client.store({ id: 'a', crates: 1 }, { timeout: 1_000 }))
    await until(() => hung.arrivals.length === 1)
    assert.deepEqual([await figure('doran_peer_requests'), await figure('doran_peer_breaker')], [1, 0])
    await failed
    for (let time = 0; time < 2; time++) await assert.rejects(client.store({ id: 'a', crates: 1 }, { timeout: 10 }))

    assert.deepEqual([await figure('doran_peer_requests'), await figure('doran_peer_breaker')], [0, 2])
  })
})

describe('when everything fails', { timeout: 20_000 }, () => {
  it('retries stay a small share of the calls', async () => {
    const { client, impostor, known } = another()
    // It answers now and then, so that the circuit breaker stays closed.
    const flaky = await impostor((request, response) =>
      (flaky.arrivals.length % 3 === 0 ? replyWith({ crates: 1 }) : hangUp)(request, response),
    )
    await known(1)
    const call = () => client.count({ id: 'a' }).catch(() => {})
    await repeat(15, call)
    const before = flaky.arrivals.length
    assert.ok(before > 30, 'the retry budget starts full')

    await repeat(100, call)

    const arrivals = flaky.arrivals.length - before
    assert.ok(arrivals >= 100 && arrivals <= 130, `100 calls arrived ${arrivals} times`)
  })

  it('calls beyond the limit of waiting calls are refused at once', async () => {
    const { client, impostor, known } = another()
    const slow = await impostor(keepSilent)
    await known(1)
    const calls = Array.from({ length: 1_600 }, () =>
      client.store({ id: 'a', crates: 1 }).then(
        () => 'ok',
        (error) => error.code,
      ),
    )
    await until(() => slow.arrivals.length === 512)

    const refused = await Promise.race([Promise.all(calls.slice(1_536)), pause(1_000)])
    slow.slam()

    assert.deepEqual(refused, Array(64).fill('overloaded'))
    assert.equal((await Promise.all(calls)).filter((code) => code === 'overloaded').length, 64)
  })
})
