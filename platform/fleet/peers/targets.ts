/**
 * The services that this process calls, with their live instances. A call goes to the less busy of two random
 * instances. An instance that fails is ejected until its health check succeeds. A failed call that may be repeated is
 * retried on another instance, as long as retries stay a small share of all calls.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { kernelErrors } from '@doran/kernel/platform'
import { BrokenCircuitError, type BulkheadPolicy, BulkheadRejectedError, bulkhead } from 'cockatiel'
import type { Tls } from '../tls.ts'
import { type Discovery, dnsDiscovery } from './discovery.ts'
import { NoAnswerError, NotSentError, Peer, TimeUpError } from './peer.ts'

const MAX_CONCURRENT_CALLS = 512
const MAX_QUEUED_CALLS = 1_024
const MAX_ATTEMPTS = 3
/** Retries may be `perCall` of all calls, plus a reserve of up to `max` for the start and for quiet times. */
const RETRY_BUDGET = { perCall: 0.2, max: 20 }
const RETRY_AFTER_SECONDS = 1

export interface Attempt {
  readonly peer: Peer
  /** Counted from 1. */
  readonly number: number
}

/** Effect of a request: none (`reading`), the same when repeated (`repeatable`), or once more each time (`once`). */
export type Effect = 'reading' | 'repeatable' | 'once'

export class Targets {
  readonly #discovery: Discovery
  readonly #tls: Tls | undefined
  readonly #byService = new Map<string, Target>()

  constructor(discovery: Discovery, tls: Tls | undefined) {
    this.#discovery = discovery
    this.#tls = tls
    discovery.onChange(() => {
      for (const target of this.#byService.values()) target.refresh()
    })
    tls?.onChange(() => {
      for (const target of this.#byService.values()) target.reconnect()
    })
  }

  of(service: string): Target {
    let target = this.#byService.get(service)
    if (!target) {
      target = new Target(service, this.#discovery, this.#tls)
      this.#byService.set(service, target)
    }
    return target
  }

  /** A target at a fixed address, without discovery and without our certificates. */
  at(url: string): Target {
    let target = this.#byService.get(url)
    if (!target) {
      target = new Target(url, dnsDiscovery(url), undefined)
      this.#byService.set(url, target)
    }
    return target
  }

  /** All targets that this process has used, for metrics. */
  all(): { service: string; target: Target }[] {
    return [...this.#byService].map(([service, target]) => ({ service, target }))
  }

  async close(): Promise<void> {
    await Promise.all([...this.#byService.values()].map((target) => target.close()))
  }
}

export class Target {
  readonly #service: string
  readonly #discovery: Discovery
  readonly #tls: Tls | undefined
  readonly #bulkhead: BulkheadPolicy = bulkhead(MAX_CONCURRENT_CALLS, MAX_QUEUED_CALLS)
  readonly #peers = new Map<string, Peer>()
  #budget = RETRY_BUDGET.max

  constructor(service: string, discovery: Discovery, tls: Tls | undefined) {
    this.#service = service
    this.#discovery = discovery
    this.#tls = tls
    this.refresh()
  }

  /**
   * Runs the attempt on one instance after another until one succeeds. A request that was not sent is always retried
   * elsewhere; one without an answer is retried unless its effect is `once`. Throws `service_unavailable` when nothing
   * was done, `overloaded` when too many calls are in progress, and `outcome_unknown` or `deadline_exceeded` when no
   * answer came. Skips instances in `tried` while there are others.
   */
  async run<T>(effect: Effect, attempt: (to: Attempt) => Promise<T>, tried: Set<Peer> = new Set()): Promise<T> {
    try {
      return await this.#bulkhead.execute(() => this.#try(effect, attempt, tried))
    } catch (error) {
      const translated = this.#translated(error, effect)
      // Operators need the cause in the log; callers do not see it.
      if (translated !== error) (translated as Error).cause = error
      throw translated
    }
  }

  peers(): Peer[] {
    return [...this.#peers.values()]
  }

  /** Calls that the bulkhead has admitted. */
  get running(): number {
    return MAX_CONCURRENT_CALLS - this.#bulkhead.executionSlots
  }

  /** Calls that wait at the bulkhead. */
  get waiting(): number {
    return MAX_QUEUED_CALLS - this.#bulkhead.queueSlots
  }

  /** Updates the peers from discovery. */
  refresh(): void {
    const found = new Map(this.#discovery.find(this.#service).map(({ id, url }) => [id, url]))
    for (const [id, peer] of this.#peers) {
      if (found.get(id) === peer.url) continue
      this.#peers.delete(id)
      void peer.close()
    }
    for (const [id, url] of found) {
      if (!this.#peers.has(id)) this.#peers.set(id, new Peer(url, this.#service, this.#tls?.material))
    }
  }

  /** Replaces all connections by new ones with the current certificates. */
  reconnect(): void {
    for (const peer of this.#peers.values()) void peer.close()
    this.#peers.clear()
    this.refresh()
  }

  async close(): Promise<void> {
    await Promise.all(this.peers().map((peer) => peer.close()))
    this.#peers.clear()
  }

  async #try<T>(effect: Effect, attempt: (to: Attempt) => Promise<T>, tried: Set<Peer>): Promise<T> {
    this.#budget = Math.min(RETRY_BUDGET.max, this.#budget + RETRY_BUDGET.perCall)
    let unanswered = false
    for (let number = 1; ; number++) {
      const peer = this.#choose(tried)
      if (!peer) throw this.#unreachable(unanswered)
      tried.add(peer)
      try {
        return await attempt({ peer, number })
      } catch (error) {
        const notSent = error instanceof NotSentError || error instanceof BrokenCircuitError
        unanswered ||= error instanceof NoAnswerError
        const retriable = notSent || (effect !== 'once' && error instanceof NoAnswerError)
        if (!retriable || number === MAX_ATTEMPTS || this.#budget < 1) {
          throw notSent && unanswered ? this.#unreachable(unanswered, error) : error
        }
        this.#budget--
        // An unreachable instance has no load from a retry; one that did not answer may be overloaded.
        await pause((notSent ? 5 : 10 * 2 ** number) * (0.5 + Math.random()))
      }
    }
  }

  /**
   * The less busy of two random instances that have not failed this call yet, or one that has, when there is no other.
   * A half-open circuit breaker makes all other calls wait for its trial call, so such instances come second.
   */
  #choose(tried: ReadonlySet<Peer>): Peer | undefined {
    const healthy = this.peers().filter((peer) => !peer.ejected)
    const untried = healthy.filter((peer) => !tried.has(peer))
    const closed = untried.filter(({ state }) => state !== 'half-open')
    const candidates = [closed, untried, healthy].find(({ length }) => length > 0) ?? []
    const pickRandom = () => candidates[Math.floor(Math.random() * candidates.length)]
    const [one, other] = [pickRandom(), pickRandom()]
    return one && other && other.pending < one.pending ? other : one
  }

  /** No instance could be reached. If an earlier attempt got no answer, that one may have been carried out. */
  #unreachable(unanswered: boolean, cause?: unknown): Error {
    return unanswered
      ? new NoAnswerError(`no instance of ${this.#service} answered, and then none was reached`, { cause })
      : new NotSentError(`no instance of ${this.#service} is alive`)
  }

  #translated(error: unknown, effect: Effect): unknown {
    if (error instanceof BulkheadRejectedError) return kernelErrors.overloaded()
    if (error instanceof TimeUpError && effect !== 'once') return kernelErrors.deadlineExceeded()
    if (error instanceof NoAnswerError && effect !== 'reading') {
      return kernelErrors.outcomeUnknown({ service: this.#service })
    }
    if (error instanceof NotSentError || error instanceof NoAnswerError || error instanceof BrokenCircuitError) {
      return kernelErrors.serviceUnavailable({ service: this.#service, retryAfter: RETRY_AFTER_SECONDS })
    }
    return error
  }
}
