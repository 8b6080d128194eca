/** The public entry point, which every request passes before it reaches an operation, and the pages about the API. */
import { type Edge, type ErrorFactory, kernelErrors, SECURITY_HEADERS } from '@doran/kernel/platform'
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import rateLimit, { normalizeIP } from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { type GatewayConfig, readByOperation } from './config.ts'
import { docsPage, errorsPage } from './docs-page.ts'
import { rateLimited } from './errors.ts'
import type { OpenApi } from './openapi.ts'
import { type PagesOptions, servePages } from './pages.ts'
import { forwardRequests, type ProxyOptions } from './proxy.ts'
import { networkOf, Rates, WINDOW_MS } from './rates.ts'

export interface DoorOptions {
  readonly config: GatewayConfig
  readonly api: OpenApi
  /** Every error, or a function that loads them: only the page of errors needs them, and it is rarely requested. */
  readonly errors: readonly ErrorFactory[] | (() => Promise<readonly ErrorFactory[]>)
  /** The services of other processes. Absent if all services run in this process. */
  readonly proxy?: Omit<ProxyOptions, 'hedges'> | undefined
  /** The web application and its pictures. */
  readonly pages?: PagesOptions | undefined
  /** A client of `ioredis`, for rate limits that several gateways share. */
  readonly redis?: object | undefined
}

/** Our own pages have an inline style sheet. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

const COMPRESS_FROM_BYTES = 1_024
/** Thirty days. */
const CONTACT_LIFETIME_MS = 2_592_000_000

/** Creates the function that a platform takes as its `edge`. */
export function publicDoor({ config, api, errors, proxy, pages, redis }: DoorOptions): Edge {
  const hedges = readByOperation(config.GATEWAY_HEDGES)
  return async (app, inside) => {
    const origins = config.CORS_ORIGINS.split(',')
      .map((origin) => origin.trim())
      .filter(Boolean)
    app.addHook('onRequest', (request, reply, done) => {
      reply.headers(SECURITY_HEADERS)
      done(isEncoded(request) ? encodedBody(request) : undefined)
    })
    if (origins.length > 0) {
      await app.register(cors, {
        origin: origins,
        methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
        exposedHeaders: ['x-request-id', 'retry-after'],
        maxAge: 600,
      })
    }
    await app.register(compress, {
      threshold: COMPRESS_FROM_BYTES,
      encodings: ['br', 'gzip'],
      // Never decompresses request bodies: a few hundred bytes can expand to a hundred megabytes.
      globalDecompression: false,
    })
    await limitRates(app, config, redis)
    describeApi(app, api, errors)
    if (config.SECURITY_CONTACT) serveSecurityContact(app, config.SECURITY_CONTACT)
    if (pages) await servePages(app, pages)
    if (proxy) await forwardRequests(app, { ...proxy, hedges }, inside)
  }
}

function isEncoded({ headers }: FastifyRequest): boolean {
  const encoding = headers['content-encoding']
  return encoding !== undefined && encoding !== '' && encoding.toLowerCase() !== 'identity'
}

function encodedBody({ headers }: FastifyRequest): Error {
  return kernelErrors.unsupportedMediaType({
    found: `a body with Content-Encoding ${headers['content-encoding']?.slice(0, 100)}`,
    expected: 'it as it is, without Content-Encoding',
  })
}

/** Counts a request. Returns 0 if it is allowed, otherwise the seconds after which the client may try again. */
type Limit = (request: FastifyRequest) => number | Promise<number>

async function limitRates(app: FastifyInstance, config: GatewayConfig, redis: object | undefined): Promise<void> {
  // Requests are served uncounted while Redis is unavailable.
  if (redis) await app.register(rateLimit, { global: false, redis, nameSpace: 'doran-rate-', skipOnError: true })
  const limit = redis ? (max: number, sender: Sender) => countInRedis(app, max, sender) : countInMemory
  const perAddress = limit(config.RATE_LIMIT_PER_IP, ({ ip }) => normalizeIP(ip))
  const filesPerAddress = limit(config.RATE_LIMIT_FILES_PER_IP, ({ ip }) => `files ${normalizeIP(ip)}`)
  const byOperation = new Map(
    [...readByOperation(config.RATE_LIMITS_PER_NETWORK)].map(([operation, max]) => [
      operation,
      limit(max, ({ ip }) => `${operation} ${networkOf(ip)}`),
    ]),
  )
  const perAccount = limit(config.RATE_LIMIT_PER_ACCOUNT, ({ actor }) => `account:${actor?.id}`)
  // Health checks have no limit, because monitoring must always get a reply. Files have a limit of their own, because a
  // page may have a hundred pictures.
  app.addHook('onRequest', (request, _reply, done) => {
    const { url, config } = request.routeOptions
    if (url?.startsWith('/health/')) return done()
    if (config.isFile) return refuseOrContinue(filesPerAddress(request), done)
    refuseOrContinue(perAddress(request), (refusal) => {
      const perNetwork = byOperation.get(config.operation ?? '')
      if (refusal || !perNetwork) done(refusal)
      else refuseOrContinue(perNetwork(request), done)
    })
  })
  // This hook runs after the operation has authenticated the caller.
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.actor) refuseOrContinue(perAccount(request), done)
    else done()
  })
}

type Sender = (request: FastifyRequest) => string

function countInMemory(max: number, sender: Sender): Limit {
  const rates = new Rates(max)
  return (request) => rates.count(sender(request))
}

/** Counts in Redis, together with other gateways. */
function countInRedis(app: FastifyInstance, max: number, keyGenerator: Sender): Limit {
  const count = app.createRateLimit({ max, timeWindow: WINDOW_MS, keyGenerator })
  return async (request) => {
    const result = await count(request)
    return !result.isAllowed && result.isExceeded ? result.ttlInSeconds : 0
  }
}

/**
 * Refuses the request or continues. Handles a plain number synchronously: a promise would cost more than the counting.
 */
function refuseOrContinue(wait: number | Promise<number>, done: HookHandlerDoneFunction): void {
  const answer = (retryAfter: number) => done(retryAfter > 0 ? rateLimited({ retryAfter }) : undefined)
  if (typeof wait === 'number') answer(wait)
  else wait.then(answer, done)
}

/**
 * Serves the contact for vulnerability reports (RFC 9116). The standard requires an expiry date, by which somebody
 * should have confirmed the contact.
 */
function serveSecurityContact(app: FastifyInstance, contact: string): void {
  app.get('/.well-known/security.txt', async (_request, reply) => {
    const expires = new Date(Date.now() + CONTACT_LIFETIME_MS).toISOString()
    return reply
      .type('text/plain; charset=utf-8')
      .send(`Contact: ${contact}\nExpires: ${expires}\nPreferred-Languages: ko, en\n`)
  })
}

/** Serves the pages about the API. The first request generates each of them. */
function describeApi(app: FastifyInstance, api: OpenApi, errors: DoorOptions['errors']): void {
  const pages: [string, string, () => Promise<string>][] = [
    ['/openapi.json', 'application/json; charset=utf-8', async () => JSON.stringify(api)],
    ['/docs', 'text/html; charset=utf-8', async () => docsPage(api)],
    [
      '/docs/errors',
      'text/html; charset=utf-8',
      async () => errorsPage(typeof errors === 'function' ? await errors() : errors),
    ],
  ]
  for (const [path, type, make] of pages) {
    let content: Promise<string> | undefined
    app.get(path, async (_request, reply) => {
      content ??= make()
      return reply
        .type(type)
        .header('content-security-policy', PAGE_POLICY)
        .send(await content)
    })
  }
}
