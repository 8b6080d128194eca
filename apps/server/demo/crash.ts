/**
 * `npm run demo:crash`: kills Doran with SIGKILL during a purchase, after the money was authorised and before it was
 * captured. Doran restarts and completes the order within ten seconds, and the provider has charged once. With `--
 * --split` each service is a process of its own: the process that runs the checkout is killed, and another one
 * continues.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listTasks, Pool } from '@doran/kernel/platform'
import { freePort } from '@doran/kernel/testing'
import type { Order } from '@doran/order/contract'
import { run } from './process.ts'
import { buyAndPay, printTimeline, say } from './purchase.ts'

const SECRET = 'a secret of this demonstration'
const MAX_RECOVERY_MS = 10_000

interface Target {
  readonly baseUrl: string
  readonly sandboxUrl: string
  /**
   * Kills the process that runs the checkout, and makes sure that one continues. Returns what it did, as a sentence.
   */
  killProcess(): Promise<string>
}

process.env.PAYMENT_SANDBOX_SECRET = SECRET
const isRight = process.argv.includes('--split') ? await playInFleet() : await playInOneProcess()
say(isRight ? 'As it should be: charged once, complete within ten seconds.' : 'NOT as it should be.')
process.exitCode = isRight ? 0 : 1

async function playInOneProcess(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'doran-demo-'))
  const [port, sandboxPort] = [await freePort(), await freePort()]
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`
  const environment = { PORT: String(port), SANDBOX_PORT: String(sandboxPort), DORAN_DATA: folder, LOG_LEVEL: 'warn' }
  const sandbox = await run(['sandbox-payment'], environment)
  const settings = { ...environment, PAYMENT_SANDBOX_URL: sandboxUrl }
  let running = await run(['start'], settings)
  say('Doran and the payment provider run, each in its own process.')
  try {
    return await play({
      baseUrl: `http://127.0.0.1:${port}`,
      sandboxUrl,
      async killProcess() {
        await running.kill()
        running = await run(['start'], settings)
        return `Killed -9, and started again after ${(running.took / 1000).toFixed(1)} s.`
      },
    })
  } finally {
    await running.stop()
    await sandbox.stop()
    await rm(folder, { recursive: true })
  }
}

async function playInFleet(): Promise<boolean> {
  const { withFleet } = await import('./fleet.ts')
  let right = false
  await withFleet(async ({ baseUrl, sandboxUrl, databaseUrl, children }) => {
    say(`${children.length} processes run: ${children.map(({ name }) => name).join(', ')}`)
    const pool = new Pool(databaseUrl, 1)
    right = await play({
      baseUrl,
      sandboxUrl,
      async killProcess() {
        const tasks = await listTasks(pool.at(0), 'ready')
        const holder = tasks.find(({ handler }) => handler.startsWith('order/saga:checkout'))?.holder
        const victim = children.find(({ name }) => name === holder)
        if (!victim?.pid) throw new Error(`the checkout is held by ${holder}, which is none of our processes`)
        process.kill(victim.pid, 'SIGKILL')
        return `Killed -9 ${holder}, which carried the order out; it stays dead.`
      },
    })
    await pool.close()
  })
  return right
}

async function play({ baseUrl, sandboxUrl, killProcess }: Target): Promise<boolean> {
  const askSandbox = (path: string, method = 'GET', body?: object): Promise<Response> =>
    fetch(sandboxUrl + path, {
      method,
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
  const ledger = async (orderId: string): Promise<string[]> => {
    const answer = await askSandbox(`/v1/ledger?reference=${orderId}`)
    const { entries } = (await answer.json()) as { entries: { kind: string; amount: number }[] }
    return entries.map(({ kind, amount }) => `${kind} ${amount}`)
  }

  // The provider is slow, so that there is time to kill between authorise and capture.
  await askSandbox('/v1/faults', 'POST', { webhooks: {}, api: { latencyMs: 800 } })
  const { orders, orderId } = await buyAndPay(baseUrl)
  const atDeath = await until(async () => {
    const entries = await ledger(orderId)
    return entries.length > 0 ? entries : undefined
  })
  const begun = performance.now()
  say(`The provider's ledger: ${atDeath.join(', ')}`)
  say(await killProcess())
  await askSandbox('/v1/faults', 'DELETE')

  const paid = await until(async () => {
    const order: Order = await orders.getOrder({ orderId })
    return order.status === 'paid' ? order : undefined
  })
  const took = performance.now() - begun
  printTimeline(paid)
  const entries = await ledger(orderId)
  say(`Paid ${(took / 1000).toFixed(1)} s after the blow. The provider's ledger: ${entries.join(', ')}`)
  const expected = [`authorise ${paid.total}`, `capture ${paid.total}`]
  return atDeath.length === 1 && entries.join() === expected.join() && took < MAX_RECOVERY_MS
}

/** Asks again until there is an answer. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask().catch(() => undefined)
    if (answer) return answer
    await new Promise((wake) => setTimeout(wake, 20))
  }
}
