import { kernelErrors } from './errors.ts'

/** When a request's caller stops waiting. Passed on to every call that it causes; it only ever shrinks. */
export class Deadline {
  /** Milliseconds since the epoch, by this process's clock. */
  readonly at: number
  /** Aborts when the work is no longer ours, before the time is up. */
  readonly #lease: AbortSignal | undefined
  #signal: AbortSignal | undefined

  constructor(at: number, lease?: AbortSignal) {
    this.at = at
    this.#lease = lease
  }

  static in(milliseconds: number, lease?: AbortSignal): Deadline {
    return new Deadline(Date.now() + milliseconds, lease)
  }

  /** Milliseconds left, never negative. */
  get remaining(): number {
    return this.#lease?.aborted ? 0 : Math.max(0, this.at - Date.now())
  }

  /** Aborts when time is up; for `fetch` and the like. */
  get signal(): AbortSignal {
    if (!this.#signal) {
      const timeUp = AbortSignal.timeout(this.remaining)
      this.#signal = this.#lease ? AbortSignal.any([timeUp, this.#lease]) : timeUp
    }
    return this.#signal
  }

  /** The earlier of this deadline and one that many milliseconds from now. */
  within(milliseconds: number | undefined): Deadline {
    if (milliseconds === undefined) return this
    const at = Date.now() + milliseconds
    return at < this.at ? new Deadline(at, this.#lease) : this
  }

  /** Throws `deadline_exceeded` when time is up. */
  check(): void {
    if (this.remaining === 0) throw kernelErrors.deadlineExceeded()
  }
}
