/** The public door: what every request passes before it reaches an operation, and the pages about the API. */
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
import { type ProxyOptions, passOn } from './proxy.ts'
import { networkOf, Rates, WINDOW } from './rates.ts'

export interface DoorOptions {
  readonly config: GatewayConfig
  readonly api: OpenApi
  /** Every error, or how to load them: only their page needs them, and few ask for it. */
  readonly errors: readonly ErrorFactory[] | (() => Promise<readonly ErrorFactory[]>)
  /** Services of other processes; without it all run here. */
  readonly proxy?: Omit<ProxyOptions, 'hedges'> | undefined
  /** What people see: the web application and its pictures. */
  readonly pages?: PagesOptions | undefined
  /** Client of `ioredis`, for rates that several gateways count together. */
  readonly redis?: object | undefined
}

/** Our own pages have a style sheet inside. */
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

const COMPRESS_FROM_BYTES = 1_024
/** Thirty days. */
const CONTACT_LIFE_MS = 2_592_000_000

/** Makes the function that a platform takes as its `edge`. */
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
      // A few hundred bytes can hold a hundred megabytes, so bodies of requests are never unpacked.
      globalDecompression: false,
    })
    await limitRates(app, config, redis)
    describeApi(app, api, errors)
    if (config.SECURITY_CONTACT) tellContact(app, config.SECURITY_CONTACT)
    if (pages) await servePages(app, pages)
    if (proxy) await passOn(app, { ...proxy, hedges }, inside)
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

/** Counts a request; answers after how many seconds it may be made again, 0 when it is allowed. */
type Limit = (request: FastifyRequest) => number | Promise<number>

async function limitRates(app: FastifyInstance, config: GatewayConfig, redis: object | undefined): Promise<void> {
  // When Redis is away, requests are answered uncounted.
  if (redis) await app.register(rateLimit, { global: false, redis, nameSpace: 'doran-rate-', skipOnError: true })
  const limit = redis ? (max: number, sender: Sender) => countTogether(app, max, sender) : countAlone
  const perAddress = limit(config.RATE_LIMIT_PER_IP, ({ ip }) => normalizeIP(ip))
  const filesPerAddress = limit(config.RATE_LIMIT_FILES_PER_IP, ({ ip }) => `files ${normalizeIP(ip)}`)
  const byOperation = new Map(
    [...readByOperation(config.RATE_LIMITS_PER_NETWORK)].map(([operation, max]) => [
      operation,
      limit(max, ({ ip }) => `${operation} ${networkOf(ip)}`),
    ]),
  )
  const perAccount = limit(config.RATE_LIMIT_PER_ACCOUNT, ({ actor }) => `account:${actor?.id}`)
  // Whoever watches the process must always be answered, and a page may have a hundred pictures.
  app.addHook('onRequest', (request, _reply, done) => {
    const { url, config } = request.routeOptions
    if (url?.startsWith('/health/')) return done()
    if (config.isFile) return goOn(filesPerAddress(request), done)
    goOn(perAddress(request), (refusal) => {
      const perNetwork = byOperation.get(config.operation ?? '')
      if (refusal || !perNetwork) done(refusal)
      else goOn(perNetwork(request), done)
    })
  })
  // The operation's own check has found out who is calling by the time of this hook.
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.actor) goOn(perAccount(request), done)
    else done()
  })
}

type Sender = (request: FastifyRequest) => string

function countAlone(max: number, sender: Sender): Limit {
  const rates = new Rates(max)
  return (request) => rates.count(sender(request))
}

/** Several gateways count together, in Redis. */
function countTogether(app: FastifyInstance, max: number, keyGenerator: Sender): Limit {
  const count = app.createRateLimit({ max, timeWindow: WINDOW, keyGenerator })
  return async (request) => {
    const result = await count(request)
    return !result.isAllowed && result.isExceeded ? result.ttlInSeconds : 0
  }
}

/** What is known at once is answered at once: a promise would cost more than the counting. */
function goOn(wait: number | Promise<number>, done: HookHandlerDoneFunction): void {
  const answer = (retryAfter: number) => done(retryAfter > 0 ? rateLimited({ retryAfter }) : undefined)
  if (typeof wait === 'number') answer(wait)
  else wait.then(answer, done)
}

/** Whom to tell of a weakness, in the form of RFC 9116. It asks for an end, by which somebody has looked whether it still holds. */
function tellContact(app: FastifyInstance, contact: string): void {
  app.get('/.well-known/security.txt', async (_request, reply) => {
    const expires = new Date(Date.now() + CONTACT_LIFE_MS).toISOString()
    return reply
      .type('text/plain; charset=utf-8')
      .send(`Contact: ${contact}\nExpires: ${expires}\nPreferred-Languages: ko, en\n`)
  })
}

/** Pages that are made when somebody asks for the first time. */
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
