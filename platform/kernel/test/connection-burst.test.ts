import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { freePort, startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { noteService, printerService } from './note-service.ts'

/** More than the default listen backlog of Node.js, which is 511. */
const CONNECTIONS = 700
const TIMEOUT_MS = 10_000
const BACKLOG_FILE = '/proc/sys/net/core/somaxconn'
const maxBacklog = existsSync(BACKLOG_FILE) ? Number(readFileSync(BACKLOG_FILE, 'utf8')) : 0

describe('a burst of connections while the event loop is blocked', () => {
  let platform: TestPlatform
  let port: number
  before(async () => {
    port = await freePort()
    const environment = { PORT: String(port), HOST: '127.0.0.1' }
    platform = await startPlatform({ services: [noteService, printerService], environment })
    await platform.listen()
  })
  after(() => platform.close())

  it('is accepted', { skip: maxBacklog < CONNECTIONS && 'this system has a shorter listen backlog' }, async (test) => {
    // Index 0: number of open connections. Index 1: the cell to wait on.
    const counted = new Int32Array(new SharedArrayBuffer(8))
    const burst = new Worker(new URL('./connection-burst.ts', import.meta.url), {
      workerData: { port, size: CONNECTIONS, counted },
    })
    test.after(() => burst.terminate())
    await once(burst, 'message')
    burst.postMessage('connect')

    // This thread accepts nothing meanwhile, so a connection that the backlog has no room for never opens.
    Atomics.wait(counted, 1, 0, TIMEOUT_MS)

    assert.equal(Atomics.load(counted, 0), CONNECTIONS)
  })
})
