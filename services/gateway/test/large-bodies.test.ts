/** Uploads and downloads that exceed the gateway's buffer. */
import assert from 'node:assert/strict'
import { createHash, type Hash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, type RequestListener, request as sendRequest } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { after, afterEach, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { keepSilent } from '../../../platform/fleet/test/members.ts'
import { type Front, MB, openFront, PROXY_TIMEOUT_MS } from './front.ts'

/** Enables `node --expose-gc` at run time. */
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

let front: Front
before(async () => {
  front = await openFront()
})
afterEach(() => front.clear())
after(() => front.close())

describe('large bodies', { timeout: 30_000 }, () => {
  const PIECE = Buffer.alloc(65_536, 'x')
  const PIECES = (50 * MB) / PIECE.length
  const PIECES_PER_SAMPLE = 80
  let grown: number

  /** Distinct pieces of a body. Sets `grown` to the peak growth of memory meanwhile, in megabytes. */
  async function* pieces(hash: Hash): AsyncGenerator<Buffer> {
    const before = used()
    grown = 0
    for (let index = 0; index < PIECES; index++) {
      if (index % PIECES_PER_SAMPLE === 0) grown = Math.max(grown, (used() - before) / MB)
      PIECE.writeUInt32BE(index)
      hash.update(PIECE)
      yield Buffer.from(PIECE)
    }
  }

  /** Starts an upload whose body the caller writes. `response` resolves when the head of the response arrives. */
  function upload(headers: Record<string, string | number>) {
    const request = sendRequest(`${front.door.url}/api/bulk/bulk`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream', ...headers },
    })
    return { request, response: once(request, 'response') as Promise<[IncomingMessage]> }
  }

  /** Uploads 50 MB that the service does not read completely; returns the status and the code of the reply. */
  async function uploadUnread(): Promise<unknown[]> {
    const { request, response } = upload({ 'content-length': 50 * MB })
    request.on('error', () => {})
    Readable.from(pieces(createHash('sha256'))).pipe(request)
    const [head] = await response
    const { code } = JSON.parse((await head.toArray()).join(''))
    request.destroy()
    return [head.statusCode, code]
  }

  /** The memory in use by this process after a garbage collection, in bytes. */
  function used(): number {
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }

  const takeIn: RequestListener = async (request, response) => {
    const hash = createHash('sha256')
    for await (const piece of request) hash.update(piece)
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ sha: hash.digest('hex') }))
  }

  it('stream to the service, 50 MB without buffering', async () => {
    await front.impostor('bulk', takeIn)
    const sent = createHash('sha256')

    const { request, response } = upload({ 'content-length': 50 * MB })
    await pipeline(pieces(sent), request)
    const [head] = await response

    assert.equal(JSON.parse((await head.toArray()).join('')).sha, sent.digest('hex'))
    assert.ok(grown < 30, `${grown} MB more`)
  })

  it('stream to the client, 50 MB without buffering', async () => {
    const sent = createHash('sha256')
    await front.impostor('bulk', (_request, response) => {
      response.setHeader('content-type', 'application/octet-stream')
      pipeline(pieces(sent), response).catch(() => {})
    })
    const received = createHash('sha256')

    const response = await fetch(`${front.door.url}/api/bulk/bulk`)
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) received.update(piece)

    assert.equal(received.digest('hex'), sent.digest('hex'))
    assert.ok(grown < 30, `${grown} MB more`)
  })

  it('are sent no faster than the service reads', async () => {
    let read = () => {}
    await front.impostor('bulk', (request, response) => {
      read = () => void takeIn(request, response)
    })
    const { request, response } = upload({ 'content-length': 50 * MB })
    let written = 0
    const writing = (async () => {
      for await (const piece of pieces(createHash('sha256'))) {
        if (!request.write(piece)) await once(request, 'drain')
        written += piece.length
      }
      request.end()
    })()

    await pause(500)
    assert.ok(written > 0 && written < 16 * MB, `${written} bytes went ahead`)
    read()
    await writing

    assert.equal((await response)[0].statusCode, 200)
  })

  it('reach a service completely, with or without a length', async () => {
    const text = 'ä'.repeat(3 * MB)
    const headers = { 'content-type': 'text/plain' }
    const known = await front.ask('/shelf-scans', { method: 'POST', body: text, headers })
    const response = await fetch(`${front.door.url}/api/shelf-scans`, {
      method: 'POST',
      headers,
      body: Readable.toWeb(Readable.from([text.slice(0, 1_000), text.slice(1_000)])) as ReadableStream,
      duplex: 'half',
    })

    assert.deepEqual(known.body, { length: text.length })
    assert.deepEqual(await response.json(), { length: text.length })
  })

  it('may arrive more slowly than the timeout of a request', async () => {
    await front.impostor('bulk', takeIn)
    const { request, response } = upload({})
    request.write('x')
    await pause(1.2 * PROXY_TIMEOUT_MS)
    request.end('y')

    assert.equal((await response)[0].statusCode, 200)
  })

  it('get a reply in time when a service stops reading', async () => {
    const stuck = await front.impostor('bulk', keepSilent)
    stuck.behave = () => {}

    assert.deepEqual(await uploadUnread(), [504, 'outcome_unknown'])
  })

  it('get a reply when the service hangs up', async () => {
    await front.impostor('bulk', (request) => {
      request.once('data', () => request.socket.destroy())
    })

    assert.deepEqual(await uploadUnread(), [504, 'outcome_unknown'])
  })

  it("beyond the operation's limit are refused before or while they are read", async () => {
    const { request, response } = upload({ 'content-length': 65 * MB })
    request.on('error', () => {})
    request.flushHeaders()
    const [head] = await response
    request.destroy()
    assert.equal(head.statusCode, 413)

    const title = 'x'.repeat(2 * MB)
    const told = await front.ask('/shelf', { method: 'POST', body: { id: 'a', title } })
    assert.deepEqual([told.status, told.body.code], [413, 'body_too_large'])
    const untold = await fetch(`${front.door.url}/api/shelf`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Readable.toWeb(Readable.from([`{"id":"a","title":"`, title, '"}'])) as ReadableStream,
      duplex: 'half',
    })
    assert.deepEqual([untold.status, ((await untold.json()) as { code: string }).code], [413, 'body_too_large'])
  })
})
