/**
 * Another visitor who uses the shop during an attack. It runs in its own thread, so that the attacker does not delay
 * it.
 */
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

export interface Waiting {
  /** Milliseconds until a response. */
  readonly median: number
  /** Number of responses with a status other than 2xx, by status. */
  readonly failures: Record<string, number>
  readonly count: number
}

export interface Report<T> {
  readonly outcome: T
  /** Before the attack. */
  readonly quiet: Waiting
  /** During the attack. */
  readonly others: Waiting
}

const PAUSE_MS = 20
const QUIET_MS = 1_500
/** A shorter attack is repeated: a median needs more than a few measurements. */
const SHORTEST_ATTACK_MS = 1_500

/** Runs an attack, and measures another visitor before it and during it. */
export async function duringAttack<T>(url: string, attack: () => Promise<T>): Promise<Report<T>> {
  const [, quiet] = await measureDuring(url, () => pause(QUIET_MS))
  const [outcome, others] = await measureDuring(url, async () => {
    const end = performance.now() + SHORTEST_ATTACK_MS
    let last = await attack()
    while (performance.now() < end) last = await attack()
    return last
  })
  return { outcome, quiet, others }
}

async function measureDuring<T>(url: string, meanwhile: () => Promise<T>): Promise<[T, Waiting]> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { url } })
  await once(worker, 'message')
  const waiting = once(worker, 'message') as Promise<[Waiting]>
  let outcome: T
  try {
    outcome = await meanwhile()
  } finally {
    worker.postMessage('over')
  }
  return [outcome, (await waiting)[0]]
}

async function visit(url: string): Promise<void> {
  // The first request of a thread loads the HTTP client and takes many times as long as the next ones.
  await fetch(`${url}/health/live`).then((answer) => answer.arrayBuffer())
  const times: number[] = []
  const failures: Record<string, number> = {}
  let over = false
  parentPort?.once('message', () => (over = true))
  parentPort?.postMessage('ready')
  while (!over) {
    const begun = performance.now()
    const answer = await fetch(`${url}/api/products?limit=5`).catch(() => undefined)
    await answer?.arrayBuffer()
    times.push(performance.now() - begun)
    if (!answer?.ok) {
      const what = String(answer?.status ?? 'no answer')
      failures[what] = (failures[what] ?? 0) + 1
    }
    await pause(PAUSE_MS)
  }
  parentPort?.postMessage({
    median: times.sort((a, b) => a - b)[times.length >> 1] ?? 0,
    failures,
    count: times.length,
  })
}

if (!isMainThread) await visit(workerData.url)
