/**
 * `npm run demo:crash`: a purchase during which Doran is killed with kill -9 after the money was authorised and before
 * it was captured. Started again, it completes the order within ten seconds, and the provider has charged once.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@doran/kernel/testing'
import type { Order } from '@doran/order/contract'
import { run } from './process.ts'
import { buyAndPay, printTimeline, say } from './purchase.ts'

const SECRET = 'a secret of this demonstration'
const BOUND = 10_000

const folder = await mkdtemp(join(tmpdir(), 'doran-demo-'))
const [port, sandboxPort] = [await freePort(), await freePort()]
const sandboxUrl = `http://127.0.0.1:${sandboxPort}`
const environment = {
  PORT: String(port),
  SANDBOX_PORT: String(sandboxPort),
  DORAN_DATA: folder,
  PAYMENT_SANDBOX_SECRET: SECRET,
  LOG_LEVEL: 'warn',
}

function askSandbox(path: string, method = 'GET', body?: object): Promise<Response> {
  return fetch(sandboxUrl + path, {
    method,
    headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  })
}

async function ledger(orderId: string): Promise<string[]> {
  const answer = await askSandbox(`/v1/ledger?reference=${orderId}`)
  const { entries } = (await answer.json()) as { entries: { kind: string; amount: number }[] }
  return entries.map(({ kind, amount }) => `${kind} ${amount}`)
}

/** Asks again and again until the answer is there. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer) return answer
    await new Promise((wake) => setTimeout(wake, 20))
  }
}

const sandbox = await run(['sandbox-payment'], environment)
const settings = { ...environment, PAYMENT_SANDBOX_URL: sandboxUrl }
const first = await run(['start'], settings)
say(`Doran and the payment provider run, each in its own process.`)

// The provider takes its time, so that there is a moment between authorise and capture to strike at.
await askSandbox('/v1/faults', 'POST', { webhooks: {}, api: { latencyMs: 800 } })
const { orders, orderId } = await buyAndPay(`http://127.0.0.1:${port}`)
const atDeath = await until(async () => {
  const entries = await ledger(orderId)
  return entries.length > 0 ? entries : undefined
})
await first.kill()
say(`Killed -9. The provider's ledger: ${atDeath.join(', ')}`)
await askSandbox('/v1/faults', 'DELETE')

const begun = performance.now()
const second = await run(['start'], settings)
say(`Started again after ${(second.took / 1000).toFixed(1)} s.`)
const paid = await until(async () => {
  const order: Order = await orders.getOrder({ orderId })
  return order.status === 'paid' ? order : undefined
})
const took = performance.now() - begun
printTimeline(paid)
const entries = await ledger(orderId)
say(`Paid ${(took / 1000).toFixed(1)} s after the start. The provider's ledger: ${entries.join(', ')}`)

await second.stop()
await sandbox.stop()
await rm(folder, { recursive: true })
const expected = [`authorise ${paid.total}`, `capture ${paid.total}`]
const isRight = atDeath.length === 1 && entries.join() === expected.join() && took < BOUND
say(isRight ? 'As it should be: charged once, complete within ten seconds.' : 'NOT as it should be.')
process.exitCode = isRight ? 0 : 1
