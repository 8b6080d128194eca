/** The public door: what every request passes before it reaches an operation, and the pages about the API. */
import type { ErrorFactory, OpenApi } from '@doran/kernel/platform'
import compress from '@fastify/compress'
import cors from '@fastify/cors'
import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance } from 'fastify'
import type { GatewayConfig } from './config.ts'
import { docsPage, errorsPage } from './docs-page.ts'
import { rateLimited } from './errors.ts'

export { type GatewayConfig, gatewayConfig } from './config.ts'
export * as errors from './errors.ts'

export interface GatewayOptions {
  readonly config: GatewayConfig
  readonly api: OpenApi
  readonly errors: readonly ErrorFactory[]
}

const COMPRESS_FROM_BYTES = 1_024
const MINUTE = 60_000

/** Makes the function that a platform takes as its `edge`. */
export function gateway({ config, api, errors }: GatewayOptions): (app: FastifyInstance) => Promise<void> {
  return async (app) => {
    const origins = config.CORS_ORIGINS.split(',')
      .map((origin) => origin.trim())
      .filter(Boolean)
    await app.register(helmet, {
      // Whether there is TLS in front is the operator's choice; without it pages must not ask for https.
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
    })
    if (origins.length > 0) {
      await app.register(cors, {
        origin: origins,
        methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
        exposedHeaders: ['x-request-id', 'retry-after'],
        maxAge: 600,
      })
    }
    await app.register(compress, { threshold: COMPRESS_FROM_BYTES, encodings: ['br', 'gzip'] })
    await limitRates(app, config)
    describeApi(app, api, errors)
  }
}

async function limitRates(app: FastifyInstance, config: GatewayConfig): Promise<void> {
  await app.register(rateLimit, { global: false })
  const perAddress = app.createRateLimit({ max: config.RATE_LIMIT_PER_IP, timeWindow: MINUTE })
  const perAccount = app.createRateLimit({
    max: config.RATE_LIMIT_PER_ACCOUNT,
    timeWindow: MINUTE,
    keyGenerator: ({ actor }) => `account:${actor?.id}`,
  })
  // Whoever watches the process must always be answered.
  app.addHook('onRequest', async (request) => {
    if (!request.routeOptions.url?.startsWith('/health/')) assertAllowed(await perAddress(request))
  })
  // The operation's own check has found out who is calling by the time of this hook.
  app.addHook('preHandler', async (request) => {
    if (request.actor) assertAllowed(await perAccount(request))
  })
}

function assertAllowed(result: Awaited<ReturnType<ReturnType<FastifyInstance['createRateLimit']>>>): void {
  if (!result.isAllowed && result.isExceeded) throw rateLimited({ retryAfter: result.ttlInSeconds })
}

function describeApi(app: FastifyInstance, api: OpenApi, errors: readonly ErrorFactory[]): void {
  const pages: [string, string, string][] = [
    ['/openapi.json', 'application/json; charset=utf-8', JSON.stringify(api)],
    ['/docs', 'text/html; charset=utf-8', docsPage(api)],
    ['/docs/errors', 'text/html; charset=utf-8', errorsPage(errors)],
  ]
  for (const [path, type, content] of pages) app.get(path, (_request, reply) => reply.type(type).send(content))
}
