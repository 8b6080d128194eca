/**
 * One process of a fleet with a yard service and a gateway, assembled as `doran start` does it. Its settings are
 * Doran's; DORAN_INSTANCE begins with `yard` or `gateway`.
 */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import gateway, { gatewayConfig, openApi, publicDoor, RouteShares } from '@doran/gateway'
import { readConfig } from '@doran/kernel/platform'
import { reportReady } from '../../apps/server/children.ts'
import { Closing, closeOnSignal } from '../../apps/server/lifecycle.ts'
import { startMember } from '../../platform/fleet/test/members.ts'
import { yard, yardService } from './yard.ts'

const instance = process.env.DORAN_INSTANCE as string
const environment = process.env as Record<string, string>
const databaseUrl = environment.DATABASE_URL as string
const [config] = readConfig([gatewayConfig], environment)
const member = instance.startsWith('gateway')
  ? await startMember({
      services: [gateway],
      databaseUrl,
      environment,
      edge: ({ targets }) =>
        publicDoor({
          config,
          api: openApi([], { version: '0' }),
          errors: [],
          proxy: { contracts: [yard], targets, shares: new RouteShares(new Set()), timeout: 60_000 },
        }),
    })
  : await startMember({ services: [yardService(instance)], databaseUrl, environment })
if (!instance.startsWith('gateway')) member.http.server.on('upgrade', talk)

const closing = new Closing()
closing.add(member.close)
reportReady({ url: member.url }, closeOnSignal(closing, member.log))

/** A WebSocket that sends the instance's name all the time and never closes. */
function talk({ headers }: IncomingMessage, socket: Duplex): void {
  const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
  const accept = createHash('sha1').update(key).digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: ${accept}\r\n\r\n`,
  )
  const frame = Buffer.concat([Buffer.from([0x81, instance.length]), Buffer.from(instance)])
  const telling = setInterval(() => socket.write(frame), 20)
  socket.resume()
  socket.on('error', () => {})
  socket.once('close', () => clearInterval(telling))
}
