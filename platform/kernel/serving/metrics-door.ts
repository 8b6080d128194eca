/** Metrics for Prometheus, on a port of their own or on the HTTP server of the process. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { kernelErrors } from '../contract/errors.ts'
import type { Metrics } from '../telemetry/index.ts'
import { ConfigError } from './config.ts'

const PATH = '/metrics'
/** Headers that reverse proxies add. */
const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via']

/**
 * Adds metrics to the HTTP server of the process. They show how many people sign up, fail to sign in and buy. So a
 * public server answers them only to its own machine, and not to requests that a proxy on that machine forwards.
 */
export function answerMetrics(app: FastifyInstance, { registry }: Metrics, isPublic: boolean): void {
  app.get(PATH, async (request, reply) => {
    if (isPublic && !isFromThisMachine(request)) throw kernelErrors.routeNotFound({ method: 'GET', path: PATH })
    return reply.type(registry.contentType).send(await registry.metrics())
  })
}

/** Opens a server that answers only metrics. */
export async function openMetricsPort({ registry }: Metrics, port: number, host: string): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== PATH) return void response.writeHead(404).end()
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    )
  })
  server.listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new ConfigError([
      `METRICS_PORT ${port} cannot be opened on ${host} (${code}); choose another port or METRICS_HOST`,
    ])
  }
  return server
}

function isFromThisMachine({ socket, headers }: FastifyRequest): boolean {
  return isLoopback(socket.remoteAddress ?? '') && !FORWARDING_HEADERS.some((name) => headers[name] !== undefined)
}

/** Whether only this machine can reach the address. */
export function isLoopback(host: string): boolean {
  return /^(localhost|(::ffff:)?127(\.\d+){3}|\[?::1\]?)$/.test(host)
}
