import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { Targets } from '@doran/fleet'
import { gatewayConfig, openApi, publicDoor, RouteShares } from '@doran/gateway'
import { contract, get } from '@doran/kernel/contract'
import { readConfig } from '@doran/kernel/platform'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'

const chat = contract('chat', {
  open: get('/rooms/:room/socket', { summary: 'Talk', access: 'anyone', socket: true }),
})
const away = contract('away', { open: get('/away/socket', { summary: 'Talk', access: 'anyone', socket: true }) })

/** A close frame with code 1001. */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9])

describe('a WebSocket through the gateway', () => {
  const heads: Record<string, string | string[] | undefined>[] = []
  // Echoes bytes after the upgrade, since the gateway does not interpret them.
  const service = createServer().on('upgrade', (request, socket: Socket, head: Buffer) => {
    heads.push({ url: request.url, ...request.headers })
    socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n')
    socket.write(head)
    socket.pipe(socket)
  })
  let platform: TestPlatform
  let port: number
  before(async () => {
    service.listen(0, '127.0.0.1')
    await once(service, 'listening')
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`
    const targets = new Targets(
      {
        find: (name) => (name === 'chat' ? [{ id: 'chat.1', url }] : [{ id: 'away.1', url: 'http://127.0.0.1:1' }]),
        onChange() {},
      },
      undefined,
    )
    const [config] = readConfig([gatewayConfig], {})
    const proxy = { contracts: [chat, away], targets, shares: new RouteShares(new Set()), timeout: 1_000 }
    const edge = publicDoor({ config, api: openApi([], { version: '0' }), errors: [], proxy })
    platform = await startPlatform({ services: [], edge, environment: { PORT: '0' } })
    port = await platform.listen()
  })
  after(async () => {
    await platform.close()
    service.closeAllConnections()
    service.close()
  })

  /** Requests an upgrade; returns the socket and the head of the reply. */
  async function upgrade(path: string): Promise<{ socket: Socket; head: string }> {
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `GET ${path} HTTP/1.1\r\nhost: shop.example\r\nconnection: Upgrade\r\nupgrade: websocket\r\nx-forwarded-for: 9.9.9.9\r\n` +
        'sec-websocket-version: 13\r\nsec-websocket-key: x3JJHMbDL1EzLkh9GBhXDw==\r\n\r\n',
    )
    const [head] = await once(socket, 'data')
    return { socket, head: String(head) }
  }

  /** Collects the bytes that arrive until the end. */
  function heard(socket: Socket) {
    const pieces: Buffer[] = []
    socket.on('data', (piece) => pieces.push(piece))
    return { ended: once(socket, 'end'), bytes: () => Buffer.concat(pieces) }
  }

  it('relays bytes both ways after the upgrade', async () => {
    const { socket, head } = await upgrade('/api/rooms/7/socket?from=3')
    assert.match(head, /^HTTP\/1\.1 101 /)

    socket.write(Buffer.from([0x81, 0x00, 0xff]))
    const [echo] = await once(socket, 'data')

    assert.deepEqual([...echo], [0x81, 0x00, 0xff])
    assert.equal(heads[0]?.url, '/api/rooms/7/socket?from=3')
    assert.equal(heads[0]?.['x-forwarded-for'], '127.0.0.1')
    socket.destroy()
  })

  it('ends at the service when the client disconnects', async () => {
    const { socket } = await upgrade('/api/rooms/8/socket')
    const open = () => new Promise<number>((resolve) => service.getConnections((_error, count) => resolve(count)))
    assert.ok((await open()) > 0)
    socket.destroy()
    while ((await open()) > 0) await new Promise((wake) => setTimeout(wake, 5))
  })

  it('is refused with a problem if the route is unknown or the service unavailable', async () => {
    const nowhere = await upgrade('/api/rooms/7')
    assert.match(nowhere.head, /^HTTP\/1\.1 404 [\s\S]*"code":"route_not_found"/)
    const gone = await upgrade('/api/away/socket')
    assert.match(gone.head, /^HTTP\/1\.1 503 [\s\S]*retry-after: 1[\s\S]*"code":"service_unavailable"/)
  })

  it('does not keep the gateway from stopping and gets a close frame between two frames', async () => {
    const idle = await upgrade('/api/rooms/9/socket')
    const busy = await upgrade('/api/rooms/10/socket')
    busy.socket.write(Buffer.from([0x82, 126, 0x01]))
    await once(busy.socket, 'data')
    const [heardByIdle, heardByBusy] = [heard(idle.socket), heard(busy.socket)]
    const closed = platform.http.close()
    await heardByIdle.ended
    busy.socket.write(Buffer.concat([Buffer.from([0x02]), Buffer.alloc(258, 1)]))
    await closed
    await heardByBusy.ended

    assert.deepEqual(heardByIdle.bytes(), GOING_AWAY)
    assert.deepEqual(heardByBusy.bytes(), Buffer.concat([Buffer.from([0x02]), Buffer.alloc(258, 1), GOING_AWAY]))
  })
})
