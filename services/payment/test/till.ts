/** The test environment of payments: the payment service, a running sandbox, and a buyer who pays on its page. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId, sql } from '@doran/kernel'
import type { Client } from '@doran/kernel/contract'
import { freePort, startPlatform, type TestPlatform } from '@doran/kernel/testing'
import paymentService from '@doran/payment'
import { payment } from '@doran/payment/contract'
import { type Faults, payByCard, type Sandbox, startSandbox } from '@doran/payment-sandbox'

export const CARD = {
  approved: '4242424242424242',
  declined: '4000000000000002',
  insufficient: '4000000000009995',
  slow: '4000000000000077',
  threeDSecure: '4000000000003220',
  losesAuthorise: '4000000000000044',
  losesCapture: '4000000000000051',
  losesRefund: '4000000000000069',
}
export const AMOUNT = 12_900
export const SECRET = 'a secret of the payment tests'

type PartialFaults = { webhooks?: Partial<Faults['webhooks']>; api?: Partial<Faults['api']> }

export interface Till {
  platform: TestPlatform
  readonly sandbox: Sandbox
  readonly folder: string
  /** A client of the internal operations. Its deadline starts now. */
  service(): Client<typeof payment>
  /** Opens a payment, and pays on its page when given a card. */
  open(card?: string, amount?: number): Promise<{ id: string; orderId: string; buyerId: string; url: string }>
  /** Opens a payment, pays on its page, authorises and captures it. */
  captured(card?: string): Promise<string>
  /** The entries of the provider's ledger for an order, such as `capture 12900`. */
  ledger(orderId: string): Promise<string[]>
  ask(path: string, method?: string, body?: object, secret?: string): Promise<Response>
  setFaults(faults: PartialFaults): Promise<void>
  clearFaults(): Promise<void>
  /** Runs the reconciliation now, after making everything five minutes older. */
  reconcile(): Promise<void>
  restartSandbox(): Promise<void>
  close(): Promise<void>
}

export async function openTill(environment: Record<string, string> = {}): Promise<Till> {
  const folder = await mkdtemp(join(tmpdir(), 'doran-till-'))
  const [port, sandboxPort] = [await freePort(), await freePort()]
  const start = () => startSandbox({ port: sandboxPort, host: '127.0.0.1', folder, secret: SECRET })
  let sandbox = await start()
  const platform = await startPlatform({
    services: [paymentService],
    environment: {
      PORT: String(port),
      PAYMENT_SANDBOX_URL: sandbox.url,
      PAYMENT_SANDBOX_SECRET: SECRET,
      PAYMENT_WEBHOOK_URL: `http://127.0.0.1:${port}/api/payments/webhooks/sandbox`,
      ...environment,
    },
  })
  await platform.listen()
  const service = () => platform.client(payment)
  const ask: Till['ask'] = (path, method = 'GET', body, secret = SECRET) =>
    fetch(sandbox.url + path, {
      method,
      headers: { authorization: `Bearer ${secret}`, ...(body && { 'content-type': 'application/json' }) },
      body: body && JSON.stringify(body),
    })

  const open: Till['open'] = async (card, amount = AMOUNT) => {
    const input = newPayment(amount)
    const { id, paymentUrl } = await service().createPayment(input)
    if (card) await payByCard(paymentUrl, card)
    return { id, orderId: input.orderId, buyerId: input.buyerId, url: paymentUrl }
  }

  return {
    platform,
    get sandbox() {
      return sandbox
    },
    folder,
    service,
    open,
    ask,
    async captured(card = CARD.approved) {
      const { id } = await open(card)
      await retryWhileUnknown(() => service().authorise({ paymentId: id }))
      await retryWhileUnknown(() => service().capture({ paymentId: id }))
      return id
    },
    async ledger(orderId) {
      const { entries } = (await (await ask(`/v1/ledger?reference=${orderId}`)).json()) as {
        entries: { kind: string; amount: number }[]
      }
      return entries.map(({ kind, amount }) => `${kind} ${amount}`)
    },
    setFaults: async (faults) => void (await ask('/v1/faults', 'POST', { webhooks: {}, api: {}, ...faults })),
    clearFaults: async () => void (await ask('/v1/faults', 'DELETE')),
    async reconcile() {
      const database = platform.database('payment')
      await database.run(sql`
        update payment.payments set updated_at = updated_at - interval '5 minutes'`)
      await database.run(sql`
        update payment.operations set created_at = created_at - interval '5 minutes'`)
      await database.run(sql`update doran.tasks set run_at = now() where handler = 'payment/job:reconcile'`)
      await platform.settled()
    },
    async restartSandbox() {
      await sandbox.close()
      sandbox = await start()
    },
    async close() {
      await platform.close()
      await sandbox.close()
      await rm(folder, { recursive: true })
    },
  }
}

/** The input of a payment for a new order. */
export function newPayment(amount: number) {
  return {
    paymentId: newId(),
    orderId: newId(),
    buyerId: newId(),
    amount,
    currency: 'KRW',
    title: '도란 <주문>',
    returnUrl: 'https://shop.example/return?x=1',
  }
}

/** Repeats the call while the outcome is unknown, as a saga does. */
export async function retryWhileUnknown<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if ((error as { code?: string }).code !== 'provider_unavailable') throw error
    }
  }
}
