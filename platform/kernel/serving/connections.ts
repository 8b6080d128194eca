/** What connections may cost: how many there are, and how long each may take to send a request. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { kernelErrors } from '../contract/errors.ts'
import { INTERNAL_BODY_LIMIT } from '../contract/input.ts'

export interface ConnectionLimits {
  /** Connections that are open at once; the next one is closed. */
  readonly maxConnections: number
  /** Milliseconds in which the head of a request must have arrived, and then its body. */
  readonly receiveTimeout: number
  /** Milliseconds that an answer may take. */
  readonly requestTimeout: number
}

/** Bodies that may be larger than this have more time. Bytes. */
const LARGE_BODY = INTERNAL_BODY_LIMIT
const TIMES_FOR_LARGE_BODY = 10
/** Time in which somebody who takes an answer slowly must take some of it, beyond what the answer itself takes. */
const SILENCE_MS = 60_000
/** How often the server looks for requests that are too slow. */
const CHECK_MS = 5_000

/** Options of Node's HTTP server. */
export function serverOptions({ receiveTimeout }: ConnectionLimits) {
  return { headersTimeout: receiveTimeout, connectionsCheckingInterval: Math.min(CHECK_MS, receiveTimeout) }
}

/** Options of Fastify. */
export function timeLimits({ receiveTimeout, requestTimeout }: ConnectionLimits) {
  return {
    // The last resort: routes end their requests earlier, see `limitTimeOfBodies`.
    requestTimeout: (TIMES_FOR_LARGE_BODY + 1) * receiveTimeout,
    connectionTimeout: requestTimeout + SILENCE_MS,
  }
}

/**
 * Answers 408 when a body does not arrive in time. Node's own limit is one for all requests of a server, and an upload
 * may take longer than a sign-in.
 */
export function limitConnections(app: FastifyInstance, { maxConnections, receiveTimeout }: ConnectionLimits): void {
  app.server.maxConnections = maxConnections
  app.addHook('onRequest', (request, reply, done) => {
    if (hasBody(request)) expectBody(request, reply, receiveTimeout)
    done()
  })
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}

function expectBody({ raw, routeOptions }: FastifyRequest, reply: FastifyReply, receiveTimeout: number): void {
  const time = routeOptions.bodyLimit > LARGE_BODY ? TIMES_FOR_LARGE_BODY * receiveTimeout : receiveTimeout
  const giveUp = () => {
    if (!reply.sent) reply.header('connection', 'close').send(kernelErrors.requestTimeout())
    else raw.destroy()
  }
  let timer = setTimeout(giveUp, time).unref()
  raw.once('end', () => clearTimeout(timer))
  reply.raw.once('close', () => {
    clearTimeout(timer)
    // Answered before all of it was there: what still comes is read by nobody, and may never end.
    if (!raw.complete && !raw.destroyed) timer = setTimeout(giveUp, receiveTimeout).unref()
  })
}
