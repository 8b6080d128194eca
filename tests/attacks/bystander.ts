/** Somebody else who looks at the shop during an attack, in a thread of their own so that the attacker does not delay them. */
import { setTimeout as pause } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

export interface Waiting {
  /** Milliseconds to an answer. */
  readonly median: number
  /** Answers that are no 2xx, by status. */
  readonly failures: Record<string, number>
  readonly count: number
}

export interface Report<T> {
  readonly outcome: T
  /** Before the attack. */
  readonly quiet: Waiting
  /** While it goes on. */
  readonly others: Waiting
}

const BETWEEN_MS = 20
const QUIET_MS = 2_000

/** Runs an attack and tells how others fare before it and meanwhile. */
export async function duringAttack<T>(url: string, attack: () => Promise<T>): Promise<Report<T>> {
  const quiet = await lookAround(url, () => pause(QUIET_MS))
  let outcome: T
  const others = await lookAround(url, async () => {
    outcome = await attack()
  })
  // biome-ignore lint/style/noNonNullAssertion: assigned before the look-out ends
  return { outcome: outcome!, quiet: quiet, others }
}

async function lookAround(url: string, meanwhile: () => Promise<unknown>): Promise<Waiting> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { url } })
  const waiting = new Promise<Waiting>((resolve, reject) => worker.once('message', resolve).once('error', reject))
  try {
    await meanwhile()
  } finally {
    worker.postMessage('over')
  }
  return waiting
}

async function look(url: string): Promise<void> {
  const times: number[] = []
  const failures: Record<string, number> = {}
  let over = false
  parentPort?.once('message', () => (over = true))
  while (!over) {
    const begun = performance.now()
    const answer = await fetch(`${url}/api/products?limit=5`).catch(() => undefined)
    await answer?.arrayBuffer()
    times.push(performance.now() - begun)
    if (!answer?.ok) {
      const what = String(answer?.status ?? 'no answer')
      failures[what] = (failures[what] ?? 0) + 1
    }
    await pause(BETWEEN_MS)
  }
  parentPort?.postMessage({
    median: times.sort((a, b) => a - b)[times.length >> 1] ?? 0,
    failures,
    count: times.length,
  })
}

if (!isMainThread) await look(workerData.url)
