/** Sends a small request to each service at a steady rate, to see when it is away and when it is back. */
import type { Attempt, Request, Sender } from './client.ts'
import type { Injection } from './injector.ts'
import { classOf } from './plan.ts'

const INTERVAL_MS = 250
const TIMEOUT_MS = 2_000

export class Probes {
  readonly #sender: Sender
  readonly #requests: readonly Request[]
  readonly #timers: NodeJS.Timeout[] = []

  constructor(sender: Sender, requests: readonly Request[]) {
    this.#sender = sender
    this.#requests = requests
  }

  start(): void {
    for (const request of this.#requests) {
      this.#timers.push(setInterval(() => void this.#sender.try(request, TIMEOUT_MS), INTERVAL_MS))
    }
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  get attempts(): readonly Attempt[] {
    return this.#sender.attempts
  }
}

/** The effect of one kind of fault, in milliseconds after its injection, over all faults of the kind. */
export interface Recovery {
  readonly kind: string
  readonly count: number
  /** Number of faults after which no request failed. */
  readonly unnoticed: number
  readonly failed: number
  readonly firstBad: number | null
  readonly recoveredMedian: number | null
  readonly recoveredWorst: number | null
}

export function isBad({ answer }: Attempt): boolean {
  return typeof answer === 'string' || answer >= 500
}

/** Finds when the first request failed after each fault, and when the last failing one ended, up to the next fault. */
export function recoveries(injections: readonly Injection[], attempts: readonly Attempt[], end: number): Recovery[] {
  const bad = attempts.filter(isBad)
  const seen = injections.map(({ fault, at }, index) => {
    const until = injections[index + 1]?.at ?? end
    const own = bad.filter((attempt) => attempt.at >= at && attempt.at < until)
    return {
      kind: classOf(fault),
      failed: own.length,
      first: own.length > 0 ? Math.min(...own.map(ended)) - at : null,
      last: own.length > 0 ? Math.max(...own.map(ended)) - at : null,
    }
  })
  return [...Map.groupBy(seen, ({ kind }) => kind)].map(([kind, all]) => {
    const firsts = all.flatMap(({ first }) => first ?? [])
    const lasts = all.map(({ last }) => last ?? 0)
    return {
      kind,
      count: all.length,
      unnoticed: all.filter(({ failed }) => failed === 0).length,
      failed: all.reduce((sum, { failed }) => sum + failed, 0),
      firstBad: firsts.length > 0 ? median(firsts) : null,
      recoveredMedian: median(lasts),
      recoveredWorst: Math.max(...lasts),
    }
  })
}

function ended({ at, took }: Attempt): number {
  return at + took
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}
