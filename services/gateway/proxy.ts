/** Passes requests on to the services of other processes, piece by piece in both directions. */
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
import { passOnSockets } from './sockets.ts'

export interface ProxyOptions {
  /** Services of other processes. */
  readonly contracts: readonly Contract[]
  readonly targets: Targets
  readonly shares: RouteShares
  /** Milliseconds after which a read is asked of a second instance too, by `service.operation`. */
  readonly hedges: ReadonlyMap<string, number>
  /** Milliseconds. */
  readonly timeout: number
}

/** Bodies up to this size are read first, so that the request can be sent again; larger ones flow through. Bytes. */
const KEPT_BODY = 65_536

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

export async function passOn(app: FastifyInstance, options: ProxyOptions, inside: EdgeInside): Promise<void> {
  passOnSockets(app, options.contracts, options.targets)
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
      // The service decides who may do what; here it only matters whose requests are counted.
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
    // What came in one turn of the event loop goes on together, so that the service is woken once for many requests.
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
          const whole = request.method === 'HEAD' ? response : await wholeIfSmall(response, peer)
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
        // Nobody is there any more to be told.
        if (gone.signal.aborted) return reply.hijack()
        // Its sender may go on for ever.
        if (isStream(body) && body.errored) reply.header('connection', 'close')
        throw error
      }
    },
  })
}

/**
 * Nothing, the whole body, or a stream of one that is large or may be. Throws `body_too_large` for a whole body; a stream
 * fails with it.
 */
async function bodyOf(request: FastifyRequest, reply: FastifyReply, limit: number): Promise<Buffer | Readable | null> {
  const stream = request.body as IncomingMessage | undefined
  if (!stream) return null
  const length = request.headers['content-length']
  if (Number(length ?? limit) > KEPT_BODY) return length === undefined ? stream.pipe(atMost(limit)) : stream
  const chunks: Buffer[] = []
  let size = 0
  // Destroying the stream would destroy the connection, and with it the answer.
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    size += chunk.length
    if (size > limit) {
      // Its sender may go on for ever.
      reply.header('connection', 'close')
      throw kernelErrors.bodyTooLarge({ limit })
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Passes on so many bytes and fails with `body_too_large` at the next one. */
function atMost(limit: number): Transform {
  let passed = 0
  const counted = new Transform({
    transform(piece: Buffer, _encoding, done) {
      passed += piece.length
      if (passed > limit) done(kernelErrors.bodyTooLarge({ limit }))
      else done(null, piece)
    },
  })
  // It may fail before a service reads it, and an error that nobody hears ends the process.
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

/** Most answers are small: in one piece they cost half as much, and one that breaks off can be asked for again. */
async function wholeIfSmall(response: PeerResponse, { url }: Peer): Promise<Answer> {
  const { statusCode, headers, body } = response
  if (!(Number(headers['content-length']) <= KEPT_BODY)) return response
  try {
    return { statusCode, headers, body: Buffer.from(await body.arrayBuffer()) }
  } catch (cause) {
    throw new NoAnswerError(`${url} gave no whole answer`, { cause })
  }
}

/** Answers the body, for Fastify to send: with the reply itself it would wait for the end of the response. */
function answer(reply: FastifyReply, { statusCode, headers, body }: Answer): Answer['body'] {
  reply.code(statusCode)
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && (name === 'content-length' || !HOP_BY_HOP.has(name))) reply.header(name, value)
  }
  return body
}

/**
 * Asks one instance and, when it has not answered after some milliseconds, another one too, if there is one; the first
 * answer counts.
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
