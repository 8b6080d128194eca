/** Forwards requests to the services of other processes and streams large bodies in both directions. */
import type { IncomingMessage } from 'node:http'
import { type Readable, Transform } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import {
  type Attempt,
  effectOf,
  NoAnswerError,
  type Peer,
  type PeerResponse,
  type Target,
  type Targets,
} from '@doran/fleet'
import type { Contract, Operation } from '@doran/kernel/contract'
import {
  beginServing,
  beginSpan,
  bodyLimitOf,
  childOf,
  type EdgeInside,
  kernelErrors,
  traceFrom,
  traceParent,
} from '@doran/kernel/platform'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { RouteShares } from './routes.ts'
import { forwardSockets } from './sockets.ts'

export interface ProxyOptions {
  /** The contracts of the services in other processes. */
  readonly contracts: readonly Contract[]
  readonly targets: Targets
  readonly shares: RouteShares
  /** Milliseconds after which a read also goes to a second instance, by `service.operation`. */
  readonly hedges: ReadonlyMap<string, number>
  /** The timeout of a request to a service, in milliseconds. */
  readonly timeout: number
}

/** Buffers bodies up to this size, so that the request can be retried. Larger ones are streamed. */
const MAX_BUFFERED_BODY_BYTES = 65_536

const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'expect',
  'content-length',
])

export async function forwardRequests(app: FastifyInstance, options: ProxyOptions, inside: EdgeInside): Promise<void> {
  forwardSockets(app, options.contracts, options.targets)
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
    for (const { name: service, operations } of options.contracts) {
      for (const [name, operation] of Object.entries(operations)) {
        if (operation.access !== 'internal' && !operation.socket)
          addRoute(scope, service, name, operation, options, inside)
      }
    }
  })
}

function addRoute(
  app: FastifyInstance,
  service: string,
  name: string,
  operation: Operation,
  options: ProxyOptions,
  { identity, spans }: EdgeInside,
): void {
  const full = `${service}.${name}`
  const limit = bodyLimitOf(operation)
  const hedge = operation.method === 'GET' ? options.hedges.get(full) : undefined
  app.route({
    method: operation.method,
    url: `/api${operation.route}`,
    bodyLimit: limit,
    config: { operation: full },
    onRequest(request, _reply, done) {
      if (Number(request.headers['content-length']) > limit) return done(kernelErrors.bodyTooLarge({ limit }))
      const { authorization } = request.headers
      if (authorization === undefined) return done()
      // The service decides on permissions. The gateway needs the actor only for the rate limit.
      identity
        .authenticate(authorization)
        .then(
          (actor) => {
            request.actor = actor
          },
          () => {},
        )
        .then(() => done())
    },
    // Forwards all requests of one turn of the event loop together, so that many requests wake the service only once.
    preHandler: (_request, _reply, done) => void setImmediate(done),
    async handler(request, reply) {
      const trace = traceFrom(request.headers.traceparent as string | undefined)
      beginServing(request, spans, trace)
      const body = await bodyOf(request, reply, limit)
      const elsewhere = options.shares.pick(service, name, request.actor?.id ?? request.ip)
      const target = elsewhere ? options.targets.at(elsewhere) : options.targets.of(service)
      const gone = new AbortController()
      reply.raw.once('close', () => reply.raw.writableFinished || gone.abort())
      const send = async ({ peer, number }: Attempt) => {
        const attempt = {
          trace: childOf(trace),
          name: full,
          kind: 'client',
          attributes: { number, peer: peer.url },
        } as const
        const endSpan = beginSpan(spans, attempt)
        try {
          const response = await peer.send({
            method: request.method as 'GET',
            path: request.url,
            headers: headersOf(request, traceParent(attempt.trace), body),
            body,
            timeout: operation.timeout ?? options.timeout,
            signal: gone.signal,
          })
          const whole = request.method === 'HEAD' ? response : await bufferIfSmall(response, peer)
          endSpan()
          return whole
        } catch (error) {
          endSpan(error)
          throw error
        }
      }
      const effect = isStream(body)
        ? 'once'
        : effectOf(operation, request.headers['idempotency-key'] as string | undefined)
      try {
        const response = hedge === undefined ? await target.run(effect, send) : await hedged(target, send, hedge)
        return answer(reply, response)
      } catch (error) {
        // The client has hung up, so there is nobody to reply to.
        if (gone.signal.aborted) return reply.hijack()
        // Closes the connection, because its sender might send for ever.
        if (isStream(body) && body.errored) reply.header('connection', 'close')
        throw error
      }
    },
  })
}

/**
 * Returns null without a body, a buffer of a small one, or a stream if the body is large or its length unknown. A
 * buffered body that exceeds the limit throws `body_too_large`; a stream fails with it.
 */
async function bodyOf(request: FastifyRequest, reply: FastifyReply, limit: number): Promise<Buffer | Readable | null> {
  const stream = request.body as IncomingMessage | undefined
  if (!stream) return null
  const length = request.headers['content-length']
  if (Number(length ?? limit) > MAX_BUFFERED_BODY_BYTES)
    return length === undefined ? stream.pipe(limitBytes(limit)) : stream
  const chunks: Buffer[] = []
  let size = 0
  // Destroying the stream would destroy the connection before the reply is sent.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    size += chunk.length
    if (size > limit) {
      // Closes the connection, because its sender might send for ever.
      reply.header('connection', 'close')
      throw kernelErrors.bodyTooLarge({ limit })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A stream that passes at most `limit` bytes and fails with `body_too_large` at the next one. */
function limitBytes(limit: number): Transform {
  let passed = 0
  const counted = new Transform({
    transform(piece: Buffer, _encoding, done) {
      passed += piece.length
      if (passed > limit) done(kernelErrors.bodyTooLarge({ limit }))
      else done(null, piece)
    },
  })
  // The stream may fail before a service reads it, and an error event without a listener ends the process.
  return counted.on('error', () => {})
}

function isStream(body: Buffer | Readable | null): body is Readable {
  return body !== null && !Buffer.isBuffer(body)
}

function headersOf(
  request: FastifyRequest,
  traceparent: string,
  body: Buffer | Readable | null,
): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) headers[name] = value
  }
  const length = request.headers['content-length']
  if (isStream(body) && length !== undefined) headers['content-length'] = length
  headers['x-forwarded-for'] = request.ip
  headers['x-forwarded-proto'] = request.protocol
  headers['x-forwarded-host'] = request.host
  headers['x-request-id'] = request.id
  headers.traceparent = traceparent
  return headers
}

type Answer = Pick<PeerResponse, 'statusCode' | 'headers'> & { readonly body: Buffer | PeerResponse['body'] }

/**
 * Buffers small responses, which most are. That halves their cost, and a request can be retried if the response breaks
 * off.
 */
async function bufferIfSmall(response: PeerResponse, { url }: Peer): Promise<Answer> {
  const { statusCode, headers, body } = response
  if (!(Number(headers['content-length']) <= MAX_BUFFERED_BODY_BYTES)) return response
  try {
    return { statusCode, headers, body: Buffer.from(await body.arrayBuffer()) }
  } catch (cause) {
    throw new NoAnswerError(`${url} broke off its response`, { cause })
  }
}

/**
 * Returns the body for Fastify to send. If a handler returns the reply itself, Fastify waits for the response to end.
 */
function answer(reply: FastifyReply, { statusCode, headers, body }: Answer): Answer['body'] {
  reply.code(statusCode)
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && (name === 'content-length' || !HOP_BY_HOP.has(name))) reply.header(name, value)
  }
  return body
}

/**
 * Sends the request to one instance and, if it has not responded within `after` milliseconds, also to another one if
 * there is one. The first response wins.
 */
async function hedged(target: Target, send: (to: Attempt) => Promise<Answer>, after: number): Promise<Answer> {
  const tried = new Set<Peer>()
  const first = target.run('reading', send, tried)
  const early = await Promise.race([first, pause(after, undefined, { ref: false })])
  const others = target.peers().some((peer) => !peer.ejected && !tried.has(peer))
  if (early || !others) return first
  const second = target.run('reading', send, tried)
  const winner = await Promise.any([first, second]).catch(() => first)
  for (const other of [first, second]) {
    other.then(
      ({ body }) => body === winner.body || Buffer.isBuffer(body) || void body.dump(),
      () => {},
    )
  }
  return winner
}
