/** The HTTP server: routes built from contracts, errors as problems, health and metrics. */
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
    /** Sender of the request; set after the check of the route's access rule. */
    actor: Actor | undefined
    /** Set once the request has reached its operation. */
    trace: Trace | undefined
    /** Ends the span of the request. */
    endSpan: ((error?: unknown) => void) | undefined
  }
  interface FastifyContextConfig {
    /** `service.operation`, for a route built from a contract. */
    operation?: string
    /** Media type of the bodies that the route reads. */
    reads?: string
    /** Only other processes call the route. */
    internal?: true
  }
}

/** What the gateway gets in addition to the server. */
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
  /** Metrics have a port of their own. */
  readonly metricsElsewhere: boolean
  readonly log: Logger
  readonly trustProxy: number
  /** The gateway. It adds its hooks and routes before those of the operations, so that its hooks apply to them, too. */
  readonly edge: Edge | undefined
  readonly fleet: Fleet | undefined
  readonly spans: SpanSink | undefined
  /** Whether the process is about to stop, so that clients should open their next connection elsewhere. */
  readonly leaving: () => boolean
  /** Reasons why the process is not ready; empty when it is. */
  readonly unready: () => Promise<string[]>
}

export async function buildHttp(options: HttpOptions): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    // The connection itself is hop 0. Behind one proxy it is the only trusted hop.
    trustProxy: options.trustProxy > 0 && ((_address: string, hop: number) => hop < options.trustProxy),
    ...timeLimits(options),
    forceCloseConnections: 'idle',
    // Requests on connections that are open at shutdown still get their answers.
    return503OnClosing: false,
    ...(options.fleet?.serverTls
      ? { https: { ...options.fleet.serverTls, ...serverOptions(options) } }
      : { http: serverOptions(options) }),
    frameworkErrors: (error, request, reply) => sendErrorWithoutRoute(error, request, reply, options.log),
    clientErrorHandler: answerParserError,
    genReqId: ({ headers }) => requestId(headers['x-request-id']),
    routerOptions: { maxParamLength: 1_000, ignoreTrailingSlash: true },
    // Contracts bring their own validation, so Fastify's schema compilers are not even loaded.
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
    else queueParsing(largeBodies, request, () => parseJson(request, body, done))
  })
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    // Operations read the client address from this header. It overwrites what the client sent, which is not trusted.
    request.headers['x-client-address'] = request.ip
    observe(request, reply, options)
    done()
  })
  // Set on send, not on receive: requests in flight at shutdown must close their connection, too.
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (options.leaving()) reply.header('connection', 'close')
    done()
  })
  // All answers of one turn of the event loop are sent together at its end. Their reader wakes up once for many of
  // them, which costs this process less than one wake-up for each.
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

/** Queues the parsing of a large body. When the client hangs up, drops the body unparsed. */
function queueParsing(turns: Turns, { raw: { socket } }: FastifyRequest, work: () => void): void {
  const leave = turns.take(() => {
    socket.off('close', leave)
    work()
  })
  socket.once('close', leave)
}

/** Health checks for the process supervisor, and metrics. */
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
        // Most requests are anonymous calls of public operations: they skip the asynchronous authentication.
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
          ? uploads.receive(request, { maxBytes: bodyLimit, timeoutMs: timeout }, () => serve(request))
          : serve(request))
        reply.code(status)
        if (!operation.reply) return reply.send()
        if (mediaType)
          return reply
            .type(mediaType)
            .send(isStreamed(operation.reply) ? Readable.from(result as AsyncIterable<string>) : result)
        reply.type('application/json; charset=utf-8')
        // Returning the reply itself would make Fastify wait for the end of the response.
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

/** When a request of an operation is over: counts and logs it, and ends its span. */
function observe(request: FastifyRequest, reply: FastifyReply, { metrics, log }: HttpOptions): void {
  const { operation: target, internal } = request.routeOptions.config
  if (!target) return
  const point = target.indexOf('.')
  const about = { service: target.slice(0, point), operation: target.slice(point + 1) }
  const end = metrics[internal ? 'served' : 'request'].startTimer(about)
  metrics.inFlight.inc()
  // A client that has hung up never gets an answer, so `close` is the one event that ends every request.
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

/** Begins the span of a request when it reaches its operation. */
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
