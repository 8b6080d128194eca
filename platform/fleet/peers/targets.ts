/**
 * The services that this process calls, each over its live instances: the less busy of two random ones is asked, one
 * that fails is left out until its health check succeeds, and what may be repeated is repeated elsewhere, as long as
 * repetitions stay a small share of all calls.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { kernelErrors } from '@doran/kernel/platform'
import { BrokenCircuitError, type BulkheadPolicy, BulkheadRejectedError, bulkhead } from 'cockatiel'
import type { Tls } from '../tls.ts'
import { type Discovery, dnsDiscovery } from './discovery.ts'
import { NoAnswerError, NotSentError, Peer, TimeUpError } from './peer.ts'

const AT_ONCE = 512
const WAITING = 1_024
const ATTEMPTS = 3
/** Repetitions may be this share of the calls, after a stock for the beginning and for quiet times. */
const BUDGET = { share: 0.2, stock: 20 }
const RETRY_AFTER_SECONDS = 1

export interface Attempt {
  readonly peer: Peer
  /** Counted from 1. */
  readonly number: number
}

/** What a request does when it is made again: nothing at all, nothing more than the first time, or everything anew. */
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

  /** What is at an address of its own, outside of discovery and our certificates. */
  at(url: string): Target {
    let target = this.#byService.get(url)
    if (!target) {
      target = new Target(url, dnsDiscovery(url), undefined)
      this.#byService.set(url, target)
    }
    return target
  }

  /** Everyone that is or was called, for the metrics. */
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
  readonly #bulkhead: BulkheadPolicy = bulkhead(AT_ONCE, WAITING)
  readonly #peers = new Map<string, Peer>()
  #budget = BUDGET.stock

  constructor(service: string, discovery: Discovery, tls: Tls | undefined) {
    this.#service = service
    this.#discovery = discovery
    this.#tls = tls
    this.refresh()
  }

  /**
   * Runs the attempt on one instance after the other until one succeeds. What was not sent is always tried elsewhere,
   * what got no answer unless it is to be done `once`. Throws `service_unavailable` when nothing was done, `overloaded`
   * when too much is under way already, and `outcome_unknown` or `deadline_exceeded` when no answer came. Instances in
   * `tried` are left out while there are others.
   */
  async run<T>(effect: Effect, attempt: (to: Attempt) => Promise<T>, tried: Set<Peer> = new Set()): Promise<T> {
    try {
      return await this.#bulkhead.execute(() => this.#try(effect, attempt, tried))
    } catch (error) {
      const translated = this.#translated(error, effect)
      // For the log of an operator, who wants to know what the caller need not.
      if (translated !== error) (translated as Error).cause = error
      throw translated
    }
  }

  peers(): Peer[] {
    return [...this.#peers.values()]
  }

  /** Calls that the bulkhead has let through. */
  get running(): number {
    return AT_ONCE - this.#bulkhead.executionSlots
  }

  /** Calls that the bulkhead holds back. */
  get waiting(): number {
    return WAITING - this.#bulkhead.queueSlots
  }

  /** Takes in who has come and gone. */
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

  /** New connections to everyone, with the certificates of now. */
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
    this.#budget = Math.min(BUDGET.stock, this.#budget + BUDGET.share)
    let unanswered = false
    for (let number = 1; ; number++) {
      const peer = this.#choose(tried)
      if (!peer) throw this.#unreached(unanswered)
      tried.add(peer)
      try {
        return await attempt({ peer, number })
      } catch (error) {
        const notSent = error instanceof NotSentError || error instanceof BrokenCircuitError
        unanswered ||= error instanceof NoAnswerError
        const again = notSent || (effect !== 'once' && error instanceof NoAnswerError)
        if (!again || number === ATTEMPTS || this.#budget < 1) {
          throw notSent && unanswered ? this.#unreached(unanswered, error) : error
        }
        this.#budget--
        // Whoever was not reached costs nothing to ask again; whoever did not answer may be overloaded.
        await pause((notSent ? 5 : 10 * 2 ** number) * (0.5 + Math.random()))
      }
    }
  }

  /**
   * The less busy of two that have not failed this call yet; one that has, when there is no other. One that a single
   * call is trying out lets all others wait for how that goes, so it is left out as well.
   */
  #choose(tried: ReadonlySet<Peer>): Peer | undefined {
    const sound = this.peers().filter((peer) => !peer.ejected)
    const fresh = sound.filter((peer) => !tried.has(peer))
    const trusted = fresh.filter(({ state }) => state !== 'half-open')
    const candidates = [trusted, fresh, sound].find(({ length }) => length > 0) ?? []
    const pick = () => candidates[Math.floor(Math.random() * candidates.length)]
    const [one, other] = [pick(), pick()]
    return one && other && other.pending < one.pending ? other : one
  }

  /** Nobody could be asked; but who was asked before may have done it. */
  #unreached(unanswered: boolean, cause?: unknown): Error {
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
