import { secretsIn, validate } from '@doran/kernel'
import { type Static, type TSchema, Type } from '@doran/kernel/contract'
import type { PaymentConfig } from '../config.ts'
import { webhookSignatureInvalid, webhookStale, webhookUnreadable } from '../errors.ts'
import { OperationResult, type PaymentProvider, ProviderSilentError, Snapshot } from '../provider.ts'
import { signedAt } from '../signature.ts'

const MAX_WEBHOOK_AGE_SECONDS = 300

const OpenedSession = Type.Object({ id: Type.String(), url: Type.String() })

/** The kinds of webhooks that Doran follows. Each carries the session's state. */
const KINDS = ['session.approved', 'session.failed', 'authorised', 'captured', 'voided', 'refunded']
const Webhook = Type.Object({ type: Type.Optional(Type.Enum(KINDS)), snapshot: Snapshot })
const OtherKind = Type.Object({ type: Type.String({ not: { enum: KINDS } }) })

/** Client of the sandbox, a provider that moves no real money but behaves, and fails, like a real one. */
export function sandboxProvider(config: PaymentConfig): PaymentProvider {
  const { PAYMENT_SANDBOX_URL: url, PAYMENT_PROVIDER_TIMEOUT_MS: timeout } = config
  const secrets = secretsIn(config.PAYMENT_SANDBOX_SECRET)

  async function ask<S extends TSchema>(reply: S, path: string, body?: object): Promise<Static<S> | undefined> {
    let response: Response
    try {
      response = await fetch(url + path, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${secrets[0]}`, ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(timeout),
      })
      if (response.status === 404) return undefined
      if (response.ok || response.status === 402) return assertReadable(reply, await response.json())
    } catch (cause) {
      throw new ProviderSilentError(`the payment sandbox did not answer ${path}`, { cause })
    }
    throw new ProviderSilentError(`the payment sandbox answered ${path} with ${response.status}`)
  }

  async function expect<S extends TSchema>(reply: S, path: string, body?: object): Promise<Static<S>> {
    const answer = await ask(reply, path, body)
    if (!answer) throw new Error(`the payment sandbox knows nothing of ${path}`)
    return answer
  }

  return {
    name: 'sandbox',
    async open(request) {
      const session = await expect(OpenedSession, '/v1/sessions', {
        ...request,
        webhookUrl: config.PAYMENT_WEBHOOK_URL,
      })
      return { sessionId: session.id, url: session.url }
    },
    perform: ({ sessionId, kind, key, amount }) =>
      expect(OperationResult, `/v1/sessions/${sessionId}/operations`, { kind, key, amount }),
    find: (key) => ask(OperationResult, `/v1/operations/by-key/${encodeURIComponent(key)}`),
    look: (sessionId) => ask(Snapshot, `/v1/sessions/${sessionId}`),
    readWebhook(body, signature) {
      const seconds = secrets.map((secret) => signedAt(body, signature, secret)).find((signed) => signed !== undefined)
      if (seconds === undefined) throw webhookSignatureInvalid()
      if (Math.abs(Date.now() / 1000 - seconds) > MAX_WEBHOOK_AGE_SECONDS) throw webhookStale()
      return readSnapshot(body)
    },
  }
}

/** Throws on an unreadable answer, so that the outcome counts as unknown. */
function assertReadable<S extends TSchema>(schema: S, answer: unknown): Static<S> {
  const errors = validate(schema, answer)
  if (errors) throw new TypeError(`the answer does not fit: ${JSON.stringify(errors)}`)
  return answer as Static<S>
}

function readSnapshot(body: string): Snapshot | undefined {
  const webhook = parsed(body)
  if (!validate(OtherKind, webhook)) return undefined
  const errors = validate(Webhook, webhook)
  if (errors) throw webhookUnreadable({ reason: Object.keys(errors).join(', ') })
  return (webhook as Static<typeof Webhook>).snapshot
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw webhookUnreadable({ reason: 'it is not JSON' })
  }
}
