import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { noteService, printerService } from './note-service.ts'

describe('a connection', () => {
  let platform: TestPlatform
  let port: number
  before(async () => {
    platform = await startPlatform({
      services: [noteService, printerService],
      environment: { PORT: '0', RECEIVE_TIMEOUT_MS: '300', MAX_CONNECTIONS: '10' },
    })
    port = await platform.listen()
  })
  after(() => platform.close())

  const open = async () => {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }
  /** Sends and waits until the server has closed the connection. */
  const exchange = async (sent: string, socket?: Socket) => {
    const connection = socket ?? (await open())
    connection.write(sent)
    return readAnswer(await text(connection))
  }

  it('is closed when the body of its request does not arrive in time', async () => {
    const { status, headers, problem } = await exchange(
      'POST /api/notes/slow HTTP/1.1\r\nhost: doran\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    )

    assert.deepEqual([status, problem.code], [408, 'request_timeout'])
    assert.equal(headers.connection, 'close')
  })

  it('is closed when a body of unknown length does not arrive in time', async () => {
    const { status } = await exchange(
      'POST /api/notes/slow HTTP/1.1\r\nhost: doran\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{',
    )

    assert.equal(status, 408)
  })

  it('is closed when the head of its request does not arrive in time', async () => {
    const { status, headers, problem } = await exchange('GET /api/notes HTTP/1.1\r\nhost: doran\r\nx-slow: ')

    assert.deepEqual([status, problem.code], [408, 'request_timeout'])
    assert.equal(headers['x-content-type-options'], 'nosniff')
  })

  it('is closed when a body goes on without end after the answer to its request', { timeout: 20_000 }, async () => {
    const socket = await open()
    const closed = once(socket, 'close')
    socket.on('error', () => {})
    const [answer] = await Promise.all([
      once(socket, 'data'),
      socket.write(
        'POST /api/notes/shred HTTP/1.1\r\nhost: doran\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      ),
    ])
    socket.resume()
    const begun = performance.now()
    const going = setInterval(() => socket.write('1\r\nx\r\n'), 20)
    await closed
    clearInterval(going)

    assert.match(String(answer), /^HTTP\/1.1 401/)
    // Node's own limit, the last resort, comes after eleven times the 300 ms.
    assert.ok(performance.now() - begun < 2_500)
  })

  it('is not needed by a request that a test injects', async () => {
    const injected = await platform.request('POST', '/api/notes/shred', { body: { text: 'x' } })

    // This body never arrives. Its time limit ends after that of the injected request.
    const { status } = await exchange(
      'POST /api/notes/late HTTP/1.1\r\nhost: doran\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    )

    assert.deepEqual([injected.status, status], [401, 408])
  })

  it('is kept for the next request when all of a request arrived in time', async () => {
    const body = JSON.stringify({ text: 'x' })
    const request = `POST /api/notes/quick HTTP/1.1\r\nhost: doran\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const socket = await open()
    socket.write(request)
    const [first] = await once(socket, 'data')

    const second = await exchange('GET /health/live HTTP/1.1\r\nhost: doran\r\nconnection: close\r\n\r\n', socket)

    assert.match(String(first), /^HTTP\/1.1 201/)
    assert.equal(second.status, 200)
  })

  it('is refused beyond the maximum number', async () => {
    const taken = await Promise.all(Array.from({ length: 10 }, open))

    const refused = await open()
    await once(refused.resume(), 'close')

    assert.equal(refused.bytesRead, 0)
    for (const socket of taken) socket.destroy()
  })
})

describe('an invalid request', () => {
  let platform: TestPlatform
  let port: number
  before(async () => {
    platform = await startPlatform({ services: [noteService, printerService], environment: { PORT: '0' } })
    port = await platform.listen()
  })
  after(() => platform.close())

  const send = async (sent: string) => {
    const socket = connect(port, '127.0.0.1')
    socket.write(sent)
    return readAnswer(await text(socket))
  }

  const cases: [string, string, number, string][] = [
    ['no HTTP', 'hello\r\n\r\n', 400, 'malformed_request'],
    [
      'a head of a megabyte',
      `GET / HTTP/1.1\r\nhost: doran\r\nx-a: ${'a'.repeat(1e6)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
    [
      'a path with invalid percent-encoding',
      'GET /% HTTP/1.1\r\nhost: doran\r\nconnection: close\r\n\r\n',
      400,
      'malformed_request',
    ],
    [
      'a path with a part of 2,000 characters',
      `GET /api/notes/${'a'.repeat(2_000)} HTTP/1.1\r\nhost: doran\r\nconnection: close\r\n\r\n`,
      400,
      'malformed_request',
    ],
  ]
  for (const [what, sent, status, code] of cases) {
    it(`gets a problem with security headers: ${what}`, async () => {
      const answer = await send(sent)

      assert.deepEqual([answer.status, answer.problem.code], [status, code])
      assert.match(String(answer.headers['content-type']), /^application\/problem\+json/)
      assert.equal(answer.headers['x-content-type-options'], 'nosniff')
    })
  }
})

/** Status, headers and problem of an HTTP/1.1 answer. */
function readAnswer(answer: string) {
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(lines.map((line) => line.toLowerCase().split(': ', 2) as [string, string]))
  return { status: Number(first.split(' ')[1]), headers, problem: body.startsWith('{') ? JSON.parse(body) : {} }
}
