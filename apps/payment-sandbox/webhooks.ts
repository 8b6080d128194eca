import { sign } from '@doran/payment/signature'
import type { Faults } from './faults.ts'
import type { QueuedWebhook, Store } from './store.ts'

const POLL = 20
const TIMEOUT = 5_000
const BACKOFF = { first: 500, longest: 60_000 }
/** About a day. */
const ATTEMPTS = 1_500

/** Sends what is due, until it is taken: the queue is in the store, so a restart loses nothing. */
export function deliverWebhooks(
  store: Store,
  secret: string,
  faults: (sessionId?: string) => Faults['webhooks'],
): { close(): Promise<void> } {
  let closed = false
  let round: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    round = round.then(() => (closed ? undefined : deliverDue(store, secret, faults)))
  }, POLL)
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
    if (times.every(Boolean) || webhook.attempts >= ATTEMPTS) return store.forgetWebhook(webhook.id)
    store.postponeWebhook(webhook.id, Date.now() + Math.min(BACKOFF.first * 2 ** webhook.attempts, BACKOFF.longest))
  })
  await Promise.all(deliveries)
}

async function send({ url, body }: QueuedWebhook, secret: string): Promise<boolean> {
  try {
    const { ok } = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-signature': sign(body, secret) },
      body,
      signal: AbortSignal.timeout(TIMEOUT),
    })
    return ok
  } catch {
    return false
  }
}
