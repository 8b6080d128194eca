import { secretsIn } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import { webhookSignatureInvalid, webhookStale } from '../errors.ts'
import { type OperationResult, type PaymentProvider, ProviderSilentError, type Snapshot } from '../provider.ts'
import { signedAt } from '../signature.ts'

const OLDEST_WEBHOOK_SECONDS = 300

/** The sandbox: a provider that moves no real money but behaves, and misbehaves, like one. */
export function sandboxProvider(config: PaymentConfig): PaymentProvider {
  const { PAYMENT_SANDBOX_URL: url, PAYMENT_PROVIDER_TIMEOUT_MS: timeout } = config
  const secrets = secretsIn(config.PAYMENT_SANDBOX_SECRET)

  async function ask<T>(path: string, body?: object): Promise<T | undefined> {
    let response: Response
    try {
      response = await fetch(url + path, {
        method: body ? 'POST' : 'GET',
        headers: { authorization: `Bearer ${secrets[0]}`, ...(body && { 'content-type': 'application/json' }) },
        body: body && JSON.stringify(body),
        signal: AbortSignal.timeout(timeout),
      })
      if (response.status === 404) return undefined
      if (response.ok || response.status === 402) return (await response.json()) as T
    } catch (cause) {
      throw new ProviderSilentError(`the payment sandbox did not answer ${path}`, { cause })
    }
    throw new ProviderSilentError(`the payment sandbox answered ${path} with ${response.status}`)
  }

  async function expect<T>(path: string, body?: object): Promise<T> {
    const answer = await ask<T>(path, body)
    if (!answer) throw new Error(`the payment sandbox knows nothing of ${path}`)
    return answer
  }

  return {
    name: 'sandbox',
    async open(request) {
      const session = await expect<{ id: string; url: string }>('/v1/sessions', {
        ...request,
        webhookUrl: config.PAYMENT_WEBHOOK_URL,
      })
      return { sessionId: session.id, url: session.url }
    },
    perform: ({ sessionId, kind, key, amount }) =>
      expect<OperationResult>(`/v1/sessions/${sessionId}/operations`, { kind, key, amount }),
    find: (key) => ask<OperationResult>(`/v1/operations/by-key/${encodeURIComponent(key)}`),
    look: (sessionId) => ask<Snapshot>(`/v1/sessions/${sessionId}`),
    readWebhook(body, signature) {
      const seconds = secrets.map((secret) => signedAt(body, signature, secret)).find((signed) => signed !== undefined)
      if (seconds === undefined) throw webhookSignatureInvalid()
      if (Math.abs(Date.now() / 1000 - seconds) > OLDEST_WEBHOOK_SECONDS) throw webhookStale()
      return (JSON.parse(body) as { snapshot: Snapshot }).snapshot
    },
  }
}
