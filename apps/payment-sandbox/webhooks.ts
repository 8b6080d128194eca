import { sign } from '@doran/payment/signature'
import type { Faults } from './faults.ts'
import type { QueuedWebhook, Store } from './store.ts'

const POLL_INTERVAL_MS = 20
const REQUEST_TIMEOUT_MS = 5_000
const BACKOFF_MS = { first: 500, longest: 60_000 }
/** With the backoff, attempts last for about a day. */
const MAX_ATTEMPTS = 1_500

/**
 * Sends due webhooks and retries each until the merchant accepts it. The queue is in the store, so it survives
 * restarts.
 */
export function deliverWebhooks(
  store: Store,
  secret: string,
  faults: (sessionId?: string) => Faults['webhooks'],
): { close(): Promise<void> } {
  let closed = false
  let round: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    round = round.then(() => (closed ? undefined : deliverDue(store, secret, faults)))
  }, POLL_INTERVAL_MS)
  return {
    async close() {
      closed = true
      clearInterval(timer)
      await round
    },
  }
}

async function deliverDue(
  store: Store,
  secret: string,
  faults: (sessionId?: string) => Faults['webhooks'],
): Promise<void> {
  const due = store.dueWebhooks(Date.now())
  const deliveries = (faults().reorder ? due.reverse() : due).map(async (webhook) => {
    const { duplicate, drop } = faults(webhook.sessionId)
    if (drop) return store.forgetWebhook(webhook.id)
    const times = await Promise.all(Array.from({ length: duplicate + 1 }, () => send(webhook, secret)))
    if (times.every(Boolean) || webhook.attempts >= MAX_ATTEMPTS) return store.forgetWebhook(webhook.id)
    store.postponeWebhook(
      webhook.id,
      Date.now() + Math.min(BACKOFF_MS.first * 2 ** webhook.attempts, BACKOFF_MS.longest),
    )
  })
  await Promise.all(deliveries)
}

async function send({ url, body }: QueuedWebhook, secret: string): Promise<boolean> {
  try {
    const { ok } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-signature': sign(body, secret) },
      body,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    return ok
  } catch {
    return false
  }
}
