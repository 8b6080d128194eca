/**
 * Forwards WebSockets. After the service has accepted the upgrade, the gateway only relays bytes. When the service or
 * the gateway stops, clients get a close frame with code 1001 and may reconnect.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Targets } from '@doran/fleet'
import type { Contract } from '@doran/kernel/contract'
import { kernelErrors, toProblem } from '@doran/kernel/platform'
import type { FastifyInstance } from 'fastify'
import { Frames } from './frames.ts'

/** How long a client has to close its connection after a close frame, before the gateway destroys it. */
const CLOSE_GRACE_MS = 1_000

export function forwardSockets(app: FastifyInstance, contracts: readonly Contract[], targets: Targets): void {
  const routes = contracts.flatMap(({ name: service, operations }) =>
    Object.values(operations).flatMap(({ socket, route }) => (socket ? { service, path: pathOf(route) } : [])),
  )
  if (routes.length === 0) return
  const open = new Map<Duplex, Frames>()
  app.server.on('upgrade', async (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => client.destroy())
    const path = new URL(request.url ?? '/', 'http://gateway').pathname
    const service = routes.find((route) => route.path.test(path))?.service
    if (!service) return refuse(client, kernelErrors.routeNotFound({ method: 'GET', path }))
    try {
      const upstream = await targets.of(service).run('reading', ({ peer }) => peer.connect())
      upstream.write(requestHead(request))
      upstream.write(head)
      const frames = new Frames()
      open.set(client, frames)
      client.once('close', () => {
        open.delete(client)
        upstream.destroy()
      })
      upstream.on('error', () => upstream.destroy())
      upstream.once('close', () => {
        frames.end()
        destroySoon(client)
      })
      client.pipe(upstream).pipe(frames).pipe(client)
    } catch {
      refuse(client, kernelErrors.serviceUnavailable({ service, retryAfter: 1 }))
    }
  })
  // Closes open sockets: nothing else does, and the server would wait for them.
  app.addHook('preClose', (done) => {
    for (const [client, frames] of open) {
      frames.leave()
      destroySoon(client)
    }
    done()
  })
}

function destroySoon(client: Duplex): void {
  setTimeout(() => client.destroy(), CLOSE_GRACE_MS).unref()
}

function pathOf(route: string): RegExp {
  const pattern = route.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+')
  return new RegExp(`^/api${pattern}/?$`)
}

/** The head of the client's request, with the client's address as the gateway sees it. */
function requestHead({ method, url, headers, socket }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`]
  for (const [name, value] of Object.entries({ ...headers, 'x-forwarded-for': socket.remoteAddress })) {
    for (const one of [value].flat()) if (one !== undefined) lines.push(`${name}: ${one}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}

function refuse(client: Duplex, error: ReturnType<typeof kernelErrors.serviceUnavailable>): void {
  const body = JSON.stringify(toProblem(error))
  client.end(
    [
      `HTTP/1.1 ${error.status} ${error.code}`,
      'content-type: application/problem+json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      ...(error.details.retryAfter ? [`retry-after: ${error.details.retryAfter}`] : []),
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}
