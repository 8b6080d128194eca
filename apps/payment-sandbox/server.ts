import { timingSafeEqual } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { secretsIn } from '@doran/kernel'
import { type Static, Type } from '@doran/kernel/contract'
import { LOCAL_SECRET } from '@doran/payment/config'
import formbody from '@fastify/formbody'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { mistakesIn } from './cards.ts'
import { createFaults, Faults } from './faults.ts'
import { carryOut } from './operations.ts'
import { cardPage, challengePage, finishedPage, languageOf } from './page.ts'
import { cardOfSession, openStore, type Session, type Store, snapshotOf } from './store.ts'
import { deliverWebhooks } from './webhooks.ts'

export interface SandboxOptions {
  /** 0 picks a free port. */
  port: number
  host: string
  /** The folder of its database. */
  folder: string
  /** The address at which buyers reach its pages. Without it, links use the host of the merchant's request. */
  publicUrl?: string | undefined
  /**
   * Shared with the merchant: gives access to the API and signs webhooks. May list several secrets, as the setting
   * does: the first signs, all give access. The default is the secret of an installation on one machine.
   */
  secret?: string
}

export interface Sandbox {
  readonly url: string
  close(): Promise<void>
}

const NewSession = Type.Object({
  key: Type.String({ minLength: 1, maxLength: 300 }),
  reference: Type.String({ minLength: 1, maxLength: 300 }),
  amount: Type.Integer({ minimum: 1 }),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  title: Type.String({ minLength: 1, maxLength: 200 }),
  returnUrl: Type.String({ pattern: '^https?://' }),
  webhookUrl: Type.String({ pattern: '^https?://' }),
})
const NewOperation = Type.Object({
  kind: Type.Enum(['authorise', 'capture', 'void', 'refund']),
  key: Type.String({ minLength: 1, maxLength: 300 }),
  amount: Type.Integer({ minimum: 1 }),
})

const NewMovement = Type.Object({ key: NewOperation.properties.key })
const NewRefund = Type.Object({ key: NewOperation.properties.key, amount: NewOperation.properties.amount })

/** Pages through the references, so that books of any size can be checked. */
const ReferencePage = Type.Object({
  after: Type.String({ default: '' }),
  limit: Type.Integer({ minimum: 1, maximum: 2_000, default: 500 }),
})
const References = Type.Object({ references: Type.Array(Type.String(), { maxItems: 2_000 }) })

/** How long a request may take to arrive. */
const REQUEST_TIMEOUT_MS = 30_000
const IDLE_CONNECTION_TIMEOUT_MS = 60_000

const ROUTES = { authorise: 'authorise', capture: 'capture', void: 'void', refunds: 'refund' } as const
const KEY_REUSED = { error: 'This key was used for something else.' }

interface ServerState {
  store: Store
  faults: ReturnType<typeof createFaults>
  publicUrl: string | undefined
}

/** Starts the provider: the merchant API is below `/v1`, the payment page at `/pay/<session>`. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { port, host, folder, publicUrl, secret = LOCAL_SECRET } = options
  const secrets = secretsIn(secret)
  const state: ServerState = { store: openStore(folder), faults: createFaults(), publicUrl }
  const app = fastify({
    forceCloseConnections: true,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_CONNECTION_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: 5_000 },
  })
  await app.register(formbody)
  app.get('/health/live', async () => ({ status: 'live' }))
  await app.register(async (merchant) => merchantApi(merchant, state, secrets), { prefix: '/v1' })
  buyerPages(app, state)
  try {
    await app.listen({ port, host })
  } catch (error) {
    state.store.close()
    throw error
  }
  const { port: taken } = app.server.address() as { port: number }
  const url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${taken}`
  const webhooks = deliverWebhooks(state.store, secrets[0], (sessionId) => state.faults.get(sessionId).webhooks)
  return {
    url,
    async close() {
      await app.close()
      await webhooks.close()
      state.store.close()
    },
  }
}

function merchantApi(app: FastifyInstance, state: ServerState, secrets: readonly string[]): void {
  const expected = secrets.map((secret) => Buffer.from(`Bearer ${secret}`))
  app.addHook('onRequest', async (request, reply) => {
    const given = Buffer.from(request.headers.authorization ?? '')
    if (!expected.some((bearer) => given.length === bearer.length && timingSafeEqual(given, bearer))) {
      return reply.code(401).send({ error: 'The secret is not right.' })
    }
    // Requests that control the faults or read the ledger never suffer faults.
    if (/^\/v1\/(faults|ledger|sessions\/[^/]+\/faults)\b/.test(request.url)) return
    const { latencyMs, failRate } = state.faults.get((request.params as { id?: string }).id).api
    if (latencyMs > 0) await pause(latencyMs)
    if (Math.random() < failRate) return reply.code(500).send({ error: 'A fault that was asked for.' })
  })

  app.post<{ Body: Static<typeof NewSession> }>(
    '/sessions',
    { schema: { body: NewSession } },
    async (request, reply) => {
      if (!URL.canParse(request.body.returnUrl)) return reply.code(400).send({ error: 'returnUrl is no URL.' })
      const session = state.store.open(request.body)
      const same = (['reference', 'amount', 'currency', 'returnUrl'] as const).every(
        (name) => session[name] === request.body[name],
      )
      return same ? shown(session, state, request) : reply.code(422).send(KEY_REUSED)
    },
  )
  app.get<{ Params: { key: string } }>('/sessions/by-key/:key', async (request, reply) => {
    const session = state.store.findByKey(request.params.key)
    return session
      ? shown(session, state, request)
      : reply.code(404).send({ error: 'No session was opened under this key.' })
  })
  app.get<{ Params: { id: string } }>('/sessions/:id', async (request, reply) => {
    const session = state.store.find(request.params.id)
    return session ? snapshotOf(session) : reply.code(404).send({ error: 'There is no such session.' })
  })
  app.post<{ Params: { id: string }; Body: Static<typeof NewOperation> }>(
    '/sessions/:id/operations',
    { schema: { body: NewOperation } },
    async (request, reply) => {
      const session = state.store.find(request.params.id)
      if (!session) return reply.code(404).send({ error: 'There is no such session.' })
      return operate(state, session, request.body, reply)
    },
  )
  for (const [route, kind] of Object.entries(ROUTES)) {
    const body = kind === 'refund' ? NewRefund : NewMovement
    app.post<{ Params: { id: string }; Body: { key: string; amount?: number } }>(
      `/sessions/:id/${route}`,
      { schema: { body } },
      async (request, reply) => {
        const session = state.store.find(request.params.id)
        if (!session) return reply.code(404).send({ error: 'There is no such session.' })
        const { key, amount = session.amount } = request.body
        return operate(state, session, { kind, key, amount }, reply)
      },
    )
  }
  app.get<{ Params: { key: string } }>('/operations/by-key/:key', async (request, reply) => {
    const result = state.store.findOperation(request.params.key)
    return result ?? reply.code(404).send({ error: 'Nothing was done under this key.' })
  })
  app.get<{ Querystring: { reference?: string } }>('/ledger', async (request) => ({
    entries: state.store.ledger(request.query.reference),
    sums: state.store.sums(request.query.reference),
  }))
  app.get<{ Querystring: Static<typeof ReferencePage> }>(
    '/ledger/references',
    { schema: { querystring: ReferencePage } },
    async ({ query: { after, limit } }) => ({ references: state.store.references(after, limit) }),
  )
  app.post<{ Body: Static<typeof References> }>(
    '/ledger/accounts',
    { schema: { body: References } },
    async ({ body }) => state.store.accounts(body.references),
  )
  for (const route of ['/faults', '/sessions/:id/faults']) {
    app.get<{ Params: { id?: string } }>(route, async ({ params }) => state.faults.get(params.id))
    app.post<{ Params: { id?: string }; Body: Faults }>(route, { schema: { body: Faults } }, async (request) => {
      state.faults.set(request.body, request.params.id)
      return request.body
    })
    app.delete<{ Params: { id?: string } }>(route, async ({ params }) => {
      state.faults.clear(params.id)
      return state.faults.get(params.id)
    })
  }
}

function shown(session: Session, { publicUrl }: ServerState, { protocol, host }: FastifyRequest) {
  return { ...snapshotOf(session), id: session.id, url: `${publicUrl ?? `${protocol}://${host}`}/pay/${session.id}` }
}

async function operate(
  state: ServerState,
  session: Session,
  operation: Static<typeof NewOperation>,
  reply: FastifyReply,
) {
  const card = cardOfSession(session)
  if (operation.kind === 'authorise' && card?.delayMs) await pause(card.delayMs)
  const faults = state.faults.get(session.id)
  const done = carryOut(state.store, session.id, operation, faults)
  if (!done) return reply.code(422).send(KEY_REUSED)
  const { result, fresh } = done
  const lost = card?.losesAnswerOf === operation.kind || Math.random() < faults.api.dropAnswerRate
  if (fresh && lost) {
    reply.hijack()
    reply.raw.destroy()
    return
  }
  if (faults.api.answerDelayMs > 0) await pause(faults.api.answerDelayMs)
  return reply.code(result.outcome === 'refused' ? 402 : 200).send(result)
}

interface Form {
  action?: string
  number?: string
  expiry?: string
  cvc?: string
}

function buyerPages(app: FastifyInstance, state: ServerState): void {
  const { store } = state
  type Page = FastifyRequest<{ Params: { id: string }; Body: Form | undefined }>
  const html = (reply: FastifyReply, page: string, status = 200) =>
    reply
      .code(status)
      .headers({
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        'cache-control': 'no-store',
      })
      .type('text/html; charset=utf-8')
      .send(page)

  const leave = (reply: FastifyReply, session: Session) => {
    const url = URL.parse(session.returnUrl)
    // An earlier version accepted any text as a returnUrl. Without an address to return to, the page says it is
    // finished.
    if (!url) return html(reply, finishedPage(session, 'en'))
    url.searchParams.set('status', session.failureCode === 'cancelled_by_buyer' ? 'cancelled' : session.status)
    return reply.redirect(url.href, 303)
  }
  const end = (session: Session, changes: Partial<Session>, event: string) =>
    store.atomically(() => store.change(session.id, changes, event, state.faults.get(session.id).webhooks.delayMs))
  const fail = (session: Session, failureCode: string, failureMessage: string) =>
    end(session, { status: 'failed', failureCode, failureMessage }, 'session.failed')

  app.get('/pay/:id', async (request: Page, reply) => {
    const session = store.find(request.params.id)
    const language = languageOf(request.headers['accept-language'])
    if (!session) return reply.code(404).type('text/plain; charset=utf-8').send('There is no such payment.')
    if (session.status !== 'pending') return html(reply, finishedPage(session, language))
    return html(reply, session.card ? challengePage(session, language) : cardPage(session, language))
  })

  app.post('/pay/:id', async (request: Page, reply) => {
    const session = store.find(request.params.id)
    const language = languageOf(request.headers['accept-language'])
    if (!session) return reply.code(404).type('text/plain; charset=utf-8').send('There is no such payment.')
    // The form was submitted again, by a second tap or from a second tab: the first decision stands.
    if (session.status !== 'pending') return leave(reply, session)
    const { action, number = '', expiry = '', cvc = '' } = request.body ?? {}

    if (action === 'cancel')
      return leave(reply, fail(session, 'cancelled_by_buyer', 'The buyer cancelled on the payment page.'))
    if (session.card) {
      return action === 'confirm'
        ? leave(reply, end(session, { status: 'approved' }, 'session.approved'))
        : leave(reply, fail(session, 'authentication_failed', 'The bank did not recognise the buyer.'))
    }
    const card = number.replace(/[ -]/g, '')
    const mistakes = mistakesIn({ number: card, expiry, cvc })
    if (mistakes.length > 0) return html(reply, cardPage(session, language, mistakes, { number, expiry, cvc }), 422)
    if (cardOfSession({ ...session, card })?.challenge) {
      store.rememberCard(session.id, card)
      return reply.redirect(`/pay/${session.id}`, 303)
    }
    return leave(reply, end(session, { status: 'approved', card }, 'session.approved'))
  })
}
