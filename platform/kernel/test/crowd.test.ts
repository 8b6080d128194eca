import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { freePort, startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { noteService, printerService } from './note-service.ts'

/** More than Node.js lets wait by itself, which is 511. */
const SIZE = 700
/** Milliseconds. */
const LONGEST = 10_000
const LIMIT = '/proc/sys/net/core/somaxconn'
const allowed = existsSync(LIMIT) ? Number(readFileSync(LIMIT, 'utf8')) : 0

describe('a crowd that comes while the event loop stands still', () => {
  let platform: TestPlatform
  let port: number
  before(async () => {
    port = await freePort()
    const environment = { PORT: String(port), HOST: '127.0.0.1' }
    platform = await startPlatform({ services: [noteService, printerService], environment })
    await platform.listen()
  })
  after(() => platform.close())

  it('is let in', { skip: allowed < SIZE && 'this system lets fewer wait' }, async (test) => {
    // How many are connected, and a place to wait.
    const counted = new Int32Array(new SharedArrayBuffer(8))
    const crowd = new Worker(new URL('./crowd.ts', import.meta.url), { workerData: { port, size: SIZE, counted } })
    test.after(() => crowd.terminate())
    await once(crowd, 'message')
    crowd.postMessage('come')

    // Nothing runs in this thread meanwhile, so who finds no room at first finds none later either.
    Atomics.wait(counted, 1, 0, LONGEST)

    assert.equal(Atomics.load(counted, 0), SIZE)
  })
})
