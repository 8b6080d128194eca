import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFile, mkdtemp, readFile, rmdir } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { crashPoints } from '@doran/kernel/faults'
import { Link } from '@doran/kernel/testing'
import { diskObstacle, openDisk } from './disk.ts'
import { Journal } from './journal.ts'
import { obstacle, openNetwork } from './network.ts'
import { round } from './plan.ts'
import { Random } from './random.ts'

describe('a link', () => {
  const echo = createServer((socket) => socket.pipe(socket).on('error', () => {}))
  let link: Link
  before(async () => {
    echo.listen(0, '127.0.0.1')
    await once(echo, 'listening')
    link = await Link.open('127.0.0.1', { host: '127.0.0.1', port: (echo.address() as { port: number }).port })
  })
  after(async () => {
    await link.close()
    echo.close()
  })

  async function dial(): Promise<Socket> {
    const socket = connect(link.port, '127.0.0.1')
    socket.on('error', () => {})
    await once(socket, 'connect')
    return socket
  }

  /** Unlike `once`, this ignores the error that precedes the end. */
  const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))

  /** Returns what comes back within half a second. */
  async function ask(socket: Socket, text: string): Promise<string | undefined> {
    socket.write(text)
    const answer = once(socket, 'data').then(([chunk]) => String(chunk))
    return Promise.race([answer, pause(500).then(() => undefined)])
  }

  it('forwards data, with a delay if there is one', async () => {
    const socket = await dial()
    assert.equal(await ask(socket, 'hello'), 'hello')

    link.delay(100)
    const begun = performance.now()
    assert.equal(await ask(socket, 'again'), 'again')
    assert.ok(performance.now() - begun >= 195)
    link.heal()
    socket.destroy()
  })

  it('ends its connections when it is cut, and accepts new ones', async () => {
    const socket = await dial()
    await ask(socket, 'hello')

    link.cut()

    await closed(socket)
    const next = await dial()
    assert.equal(await ask(next, 'hello'), 'hello')
    next.destroy()
  })

  it('forwards nothing while it is half open and reports no error, until it is healed and used', async () => {
    const socket = await dial()
    await ask(socket, 'hello')

    link.halfOpen()

    assert.equal(await ask(socket, 'is anybody there?'), undefined)
    assert.equal(await ask(await dial(), 'or here?'), undefined)
    assert.equal(socket.closed, false)
    link.heal()
    socket.write('now?')
    await closed(socket)
  })
})

describe('a second machine', { skip: obstacle() ?? false }, () => {
  it('can be reached until it is cut off, and again once it is healed', () => {
    const network = openNetwork()
    try {
      const reach = () => {
        // A refused connection counts as an answer.
        const program = `require('net').connect(9, '${network.here}').on('error', ({ code }) => process.exit(code === 'ECONNREFUSED' ? 0 : 1)); setTimeout(() => process.exit(1), 300)`
        const [command, ...args] = [...network.launcher, process.execPath, '--eval', program]
        return spawnSync(command as string, args).status === 0
      }
      assert.equal(reach(), true)
      for (const direction of ['both', 'out', 'in'] as const) {
        network.cutOff(direction)
        assert.equal(reach(), false, direction)
      }
      network.heal()
      assert.equal(reach(), true)
    } finally {
      network.close()
    }
  })
})

describe('a disk', { skip: diskObstacle() ?? false }, () => {
  it('has space until it is filled, and again once it is freed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doran-disk-test-'))
    const disk = openDisk(folder)
    const file = join(folder, 'file')
    try {
      await appendFile(file, Buffer.alloc(1_000_000, 1))
      disk.fill()
      await assert.rejects(appendFile(file, Buffer.alloc(1_000_000, 2)), { code: 'ENOSPC' })
      assert.equal((await readFile(file)).subarray(0, 1_000_000).indexOf(2), -1)
      disk.free()
      await appendFile(file, Buffer.alloc(1_000_000, 3))
    } finally {
      disk.close()
      await rmdir(folder)
    }
  })
})

describe('a plan', () => {
  const names = ['order.1', 'order.2', 'user.1']
  const plan = (seed: number) =>
    round({ random: new Random(seed), names, canPartition: true, canFill: true, canSkew: true })

  it('is the same for the same seed and differs for another seed', () => {
    assert.deepEqual(plan(1), plan(1))
    assert.notDeepEqual(plan(1), plan(2))
  })

  it('has every crash point, and a kill of every process', () => {
    const points = plan(1).flatMap((fault) => (fault.kind === 'crash point' ? [fault.point] : []))
    assert.deepEqual(points.sort(), [...crashPoints].sort())
    const killed = plan(1).flatMap((fault) => (fault.kind === 'kill' ? [fault.target] : []))
    assert.deepEqual(killed.sort(), [...names].sort())
  })
})

describe('the journal', () => {
  const acknowledged = { outcome: 'acknowledged', status: 200, body: {} } as const
  const nothing = { orders: [], parts: [], articles: [], comments: [] }
  const comment = (id: string, text = 'proof-1') => ({ id, text })

  it('accepts that acknowledged operations are there once, and unknown ones are there or not', () => {
    const journal = new Journal()
    for (const text of ['proof-1', 'proof-2', 'proof-3']) journal.sent('comment', text)
    journal.ended('comment', 'proof-1', acknowledged, '7')
    journal.ended('comment', 'proof-2', { outcome: 'unknown', why: 'ECONNRESET' }, undefined)
    journal.ended('comment', 'proof-3', { outcome: 'unknown', why: 'ECONNRESET' }, undefined)

    assert.deepEqual(journal.compare({ ...nothing, comments: [comment('7'), comment('8', 'proof-2')] }), [])
  })

  it('reports an acknowledged operation that is gone', () => {
    const journal = new Journal()
    journal.sent('comment', 'proof-1')
    journal.ended('comment', 'proof-1', acknowledged, '7')

    const [breach] = journal.compare(nothing)
    assert.equal(breach?.invariant, 'acknowledged-present')
  })

  it('reports operations that are there twice, were acknowledged with two ids, or were refused and are there', () => {
    const twice = new Journal()
    twice.sent('comment', 'proof-1')
    assert.equal(
      twice.compare({ ...nothing, comments: [comment('7'), comment('8')] })[0]?.invariant,
      'acknowledged-once',
    )

    const told = new Journal()
    told.sent('comment', 'proof-1')
    told.ended('comment', 'proof-1', acknowledged, '7')
    told.ended('comment', 'proof-1', acknowledged, '8')
    assert.equal(told.compare({ ...nothing, comments: [comment('7')] })[0]?.invariant, 'acknowledged-once')

    const refused = new Journal()
    refused.sent('comment', 'proof-1')
    refused.ended('comment', 'proof-1', { outcome: 'failed', status: 409, code: 'no' }, undefined)
    assert.equal(refused.compare({ ...nothing, comments: [comment('7')] })[0]?.invariant, 'acknowledged-once')
  })

  it('reports a payment and a cancellation that were acknowledged and are gone', () => {
    const journal = new Journal()
    journal.paid.add('o')
    journal.calledOff.add('p')
    const order = { id: 'o', text: 'proof-1', paid: false }
    const part = { id: 'p', status: 'preparing', resumed: false }

    const broken = journal.compare({ ...nothing, orders: [order], parts: [part] })
    assert.deepEqual(
      broken.map(({ invariant }) => invariant),
      ['acknowledged-present', 'acknowledged-present'],
    )
    const sound = { orders: [{ ...order, paid: true }], parts: [{ ...part, status: 'cancelled' }] }
    assert.deepEqual(journal.compare({ ...nothing, ...sound }), [])
  })
})

describe('docs/reliability.md', () => {
  it('lists exactly the existing crash points', async () => {
    const text = await readFile(new URL('../../docs/reliability.md', import.meta.url), 'utf8')
    const table = text.split('### Crash points')[1]?.split('###')[0] ?? ''

    assert.deepEqual([...table.matchAll(/`([^`]+)`/g)].map(([, point]) => point).sort(), [...crashPoints].sort())
  })
})
