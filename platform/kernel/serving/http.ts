/** The public door: routes made from contracts, errors as problems, health, metrics and the API description. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { isStreamed, mediaTypeOf, type Operation, uploadTypesOf } from '../contract/contract.ts'
import { Deadline } from '../contract/deadline.ts'
import { BODY_LIMIT, bodyLimitOf, inputOfRequest } from '../contract/input.ts'
import type { Actor } from '../service/actor.ts'
import { encodeJson } from '../service/cache.ts'
import type { Call } from '../service/call.ts'
import { authorise, type Caller, type Hosted, keepsAnswers } from '../service/calls.ts'
import { assertAnonymousKey, assertKey } from '../service/idempotency.ts'
import type { Metrics } from '../telemetry/index.ts'
import { beginSpan, type SpanSink, type Trace, traceFrom } from '../telemetry/index.ts'
import { type ConnectionLimits, limitConnections, serverOptions, timeLimits } from './connections.ts'
import type { Fleet } from './fleet.ts'
import type { Identity } from './identity.ts'
import { answerMetrics } from './metrics-door.ts'
import { answerParserError, routeNotFound, sendError, sendErrorWithoutRoute } from './problems.ts'
import { Turns } from './turns.ts'
import { Uploads } from './upload.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who sent it, once the route's access rule has been checked. */
    actor: Actor | undefined
    /** Of a request that reached its operation, and the end of its span. */
    trace: Trace | undefined
    endSpan: ((error?: unknown) => void) | undefined
  }
  interface FastifyContextConfig {
    /** `service.operation` of a route that was made from a contract. */
    operation?: string
    /** Media type of the bodies that it reads. */
    reads?: string
    /** It is for other processes. */
    internal?: true
  }
}

/** What the gateway is given beside the server. */
export interface EdgeInside {
  readonly identity: Identity
  readonly spans: SpanSink | undefined
}

export type Edge = (app: FastifyInstance, inside: EdgeInside) => Promise<void>

export interface HttpOptions extends ConnectionLimits {
  readonly hosted: ReadonlyMap<string, Hosted>
  readonly caller: Caller
  readonly identity: Identity
  readonly metrics: Metrics
  /** They have a port of their own. */
  readonly metricsElsewhere: boolean
  readonly log: Logger
  readonly trustProxy: number
  /** Adds hooks and routes before the operations' own, so that its hooks are theirs too: the gateway. */
  readonly edge: Edge | undefined
  readonly fleet: Fleet | undefined
  readonly spans: SpanSink | undefined
  /** Whether the process is about to stop, so that clients had better connect elsewhere next time. */
  readonly leaving: () => boolean
  /** What is not ready, or nothing. */
  readonly unready: () => Promise<string[]>
}

export async function buildHttp(options: HttpOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    // The connection itself is hop 0: behind one proxy it is the only one that is believed.
    trustProxy: options.trustProxy > 0 && ((_address: string, hop: number) => hop < options.trustProxy),
    ...timeLimits(options),
    forceCloseConnections: 'idle',
    // Who still sends over a connection that was open when the process began to close is answered.
    return503OnClosing: false,
    ...(options.fleet?.serverTls
      ? { https: { ...options.fleet.serverTls, ...serverOptions(options) } }
      : { http: serverOptions(options) }),
    frameworkErrors: (error, request, reply) => sendErrorWithoutRoute(error, request, reply, options.log),
    clientErrorHandler: answerParserError,
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    routerOptions: { maxParamLength: 1_000, ignoreTrailingSlash: true },
    // Schemas are the contracts'; what would compile Fastify's own is not even loaded.
    schemaController: {
      compilersFactory: { buildValidator: () => assert.fail(), buildSerializer: () => assert.fail() },
    },
  })
  limitConnections(app, options)
  app.decorateRequest('actor', undefined)
  app.decorateRequest('trace', undefined)
  app.decorateRequest('endSpan', undefined)
  const parseJson = app.getDefaultJsonParser('error', 'error')
  const largeBodies = new Turns()
  app.removeContentTypeParser(['application/json', 'text/plain'])
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else if (body.length <= BODY_LIMIT) parseJson(request, body, done)
    else takeTurn(largeBodies, request, () => parseJson(request, body, done))
  })
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    // Operations that must know where a request came from read this header; what the client wrote is not believed.
    request.headers['x-client-address'] = request.ip
    observe(request, reply, options)
    done()
  })
  // Said with the answer, for a request that is under way when the process is told to stop would keep its connection.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (options.leaving()) reply.header('connection', 'close')
    done()
  })
  // The answers to all that came in one turn of the event loop leave one after the other at its end: whoever reads them is
  // woken once for many, which costs this process less than to be woken for each.
  app.addHook('onSend', (_request, _reply, payload, done) => void setImmediate(done, null, payload))
  app.setErrorHandler((error: FastifyError, request, reply) => sendError(error, request, reply, options.log))
  await options.edge?.(app, options)
  app.setNotFoundHandler((request) => {
    throw routeNotFound(request)
  })

  options.fleet?.door(app, options)
  registerOperationsOfProcess(app, options)
  const uploads = new Uploads()
  for (const hosted of options.hosted.values()) {
    for (const [name, operation] of Object.entries(hosted.service.contract.operations)) {
      if (operation.access !== 'internal' && !operation.socket)
        await registerOperation(app, options, uploads, hosted, name, operation)
    }
  }
  await app.ready()
  return app
}

/** Whoever hangs up leaves: a body that nobody waits for is neither kept nor read. */
function takeTurn(turns: Turns, { raw: { socket } }: FastifyRequest, work: () => void): void {
  const leave = turns.take(() => {
    socket.off('close', leave)
    work()
  })
  socket.once('close', leave)
}

/** Health, for whoever starts and watches the process, and metrics. */
function registerOperationsOfProcess(
  app: FastifyInstance,
  { unready, metrics, metricsElsewhere, edge }: HttpOptions,
): void {
  app.get('/health/live', async () => ({ status: 'live' }))
  app.get('/health/ready', async (_request, reply) => {
    const reasons = await unready()
    return reply
      .code(reasons.length > 0 ? 503 : 200)
      .send({ status: reasons.length > 0 ? 'unready' : 'ready', reasons })
  })
  if (!metricsElsewhere) answerMetrics(app, metrics, edge !== undefined)
}

async function registerOperation(
  app: FastifyInstance,
  options: HttpOptions,
  uploads: Uploads,
  hosted: Hosted,
  name: string,
  operation: Operation,
): Promise<void> {
  const { caller, identity } = options
  const timeout = operation.timeout ?? options.requestTimeout
  const bodyLimit = bodyLimitOf(operation)
  const service = hosted.service.contract.name
  const status = operation.status ?? (operation.reply ? 200 : 204)
  const mediaType = mediaTypeOf(operation.reply)
  const bodyType = mediaTypeOf(operation.body)
  const uploadTypes = uploadTypesOf(operation.body)
  const serve = (request: FastifyRequest) => {
    const call = callOf(request, operation, timeout)
    beginServing(request, options.spans, call.trace)
    return caller.invoke(hosted, name, inputOfRequest(operation, request), call)
  }

  const addTo = (scope: FastifyInstance) =>
    scope.route({
      method: operation.method,
      url: `/api${operation.route}`,
      bodyLimit,
      config: {
        operation: `${service}.${name}`,
        ...(operation.body && { reads: uploadTypes?.join(', ') ?? bodyType ?? 'application/json' }),
      },
      onRequest(request, _reply, done) {
        const { authorization } = request.headers
        // Most requests are nobody's and ask for what anyone may see: those wait for nothing.
        if (authorization === undefined && operation.access === 'anyone') return done()
        identity
          .authenticate(authorization)
          .then((actor) => {
            request.actor = actor
            authorise(operation, actor)
          })
          .then(() => done(), done)
      },
      async handler(request, reply) {
        const result = await (uploadTypes
          ? uploads.receive(request, { maxBytes: bodyLimit, timeout }, () => serve(request))
          : serve(request))
        reply.code(status)
        if (!operation.reply) return reply.send()
        if (mediaType)
          return reply
            .type(mediaType)
            .send(isStreamed(operation.reply) ? Readable.from(result as AsyncIterable<string>) : result)
        reply.type('application/json; charset=utf-8')
        // To return the reply itself would have Fastify wait for the end of the response.
        return encodeJson(result)
      },
    })
  if (!bodyType) return void addTo(app)
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    if (uploadTypes) scope.addContentTypeParser(uploadTypes, (_request, _payload, done) => done(null))
    else scope.addContentTypeParser(bodyType, { parseAs: 'string' }, (_request, body, done) => done(null, body))
    addTo(scope)
  })
}

/** Sees to it that a request of an operation, once it is over, is counted and logged, and that its span ends. */
function observe(request: FastifyRequest, reply: FastifyReply, { metrics, log }: HttpOptions): void {
  const { operation: target, internal } = request.routeOptions.config
  if (!target) return
  const point = target.indexOf('.')
  const about = { service: target.slice(0, point), operation: target.slice(point + 1) }
  const end = metrics[internal ? 'served' : 'request'].startTimer(about)
  metrics.inFlight.inc()
  // Who has hung up is never answered, so this is the one end that every request has.
  reply.raw.once('close', () => {
    const { statusCode } = reply
    const gone = !reply.raw.writableEnded
    const status = gone ? 'gone' : `${Math.floor(statusCode / 100)}xx`
    const seconds = end({ status })
    metrics.inFlight.dec()
    request.endSpan?.(gone || statusCode >= 500 ? `answered ${gone ? 'nobody' : statusCode}` : undefined)
    const trace = request.trace?.traceId
    log.debug({ ...about, request: request.id, trace, status: statusCode, ms: Math.round(seconds * 1000) }, 'answered')
  })
}

/** Begins the span of a request that has reached its operation. */
export function beginServing(request: FastifyRequest, spans: SpanSink | undefined, trace: Trace): void {
  const { operation: name = '' } = request.routeOptions.config
  request.trace = trace
  request.endSpan = beginSpan(spans, { trace, name, kind: 'server', attributes: { request: request.id } })
}

function callOf(request: FastifyRequest, operation: Operation, timeout: number): Call {
  const key = operation.method === 'GET' ? undefined : (request.headers['idempotency-key'] as string | undefined)
  if (key !== undefined) assertKey(key)
  if (key !== undefined && !request.actor && keepsAnswers(operation)) assertAnonymousKey(key)
  return {
    actor: request.actor,
    deadline: Deadline.in(timeout),
    trace: traceFrom(request.headers.traceparent as string | undefined),
    request: request.id,
    address: request.headers['x-client-address'] as string,
    key,
    depth: 0,
  }
}

function requestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && /^[\w.-]{8,64}$/.test(header) ? header : randomUUID()
}
