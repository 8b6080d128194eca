/** Limits of connections: their number, and the time in which each must send a request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { kernelErrors } from '../contract/errors.ts'
import { INTERNAL_BODY_LIMIT } from '../contract/input.ts'

export interface ConnectionLimits {
  /** Most open connections; the server closes any further one. */
  readonly maxConnections: number
  /** Milliseconds in which the head of a request must arrive, and then again its body. */
  readonly receiveTimeout: number
  /** Milliseconds in which the process must answer a request. */
  readonly requestTimeout: number
}

/** Operations that accept larger bodies than this get more time to receive them. */
const LARGE_BODY_BYTES = INTERNAL_BODY_LIMIT
const LARGE_BODY_TIME_FACTOR = 10
/**
 * Added to the time of an answer: after that long without traffic the server closes a connection, for example when the
 * client reads its answer too slowly.
 */
const IDLE_MS = 60_000
/** How often the server checks for requests that are too slow. */
const CHECK_INTERVAL_MS = 5_000

/** Options of Node's HTTP server. */
export function serverOptions({ receiveTimeout }: ConnectionLimits) {
  return { headersTimeout: receiveTimeout, connectionsCheckingInterval: Math.min(CHECK_INTERVAL_MS, receiveTimeout) }
}

/** Options of Fastify. */
export function timeLimits({ receiveTimeout, requestTimeout }: ConnectionLimits) {
  return {
    // The last resort: `limitConnections` ends slow requests earlier.
    requestTimeout: (LARGE_BODY_TIME_FACTOR + 1) * receiveTimeout,
    connectionTimeout: requestTimeout + IDLE_MS,
  }
}

/**
 * Limits the number of connections, and answers 408 when a body does not arrive in time. Node has one time limit for
 * all requests of a server, but an upload may take longer than a sign-in.
 */
export function limitConnections(app: FastifyInstance, { maxConnections, receiveTimeout }: ConnectionLimits): void {
  app.server.maxConnections = maxConnections
  app.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request)) limitBodyTime(request, reply, receiveTimeout)
    done()
  })
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function limitBodyTime({ raw, routeOptions }: FastifyRequest, reply: FastifyReply, receiveTimeout: number): void {
  const time = routeOptions.bodyLimit > LARGE_BODY_BYTES ? LARGE_BODY_TIME_FACTOR * receiveTimeout : receiveTimeout
  const abort = () => {
    if (!reply.sent) reply.header('connection', 'close').send(kernelErrors.requestTimeout())
    else raw.destroy()
  }
  let timer = setTimeout(abort, time).unref()
  raw.once('end', () => clearTimeout(timer))
  reply.raw.once('close', () => {
    clearTimeout(timer)
    // The answer was sent before the body was complete. Nobody reads the rest, and it may never end.
    if (!raw.complete && !raw.destroyed) timer = setTimeout(abort, receiveTimeout).unref()
  })
}
