import { kernelErrors } from './errors.ts'

/** The time at which a request's caller stops waiting. Calls that the request causes inherit it or an earlier one. */
export class Deadline {
  /** Milliseconds since the epoch, on this process's clock. */
  readonly at: number
  /** Aborts when this process loses the lease of the work before the time is up. */
  readonly #lease: AbortSignal | undefined
  #signal: AbortSignal | undefined

  constructor(at: number, lease?: AbortSignal) {
    this.at = at
    this.#lease = lease
  }

  static in(milliseconds: number, lease?: AbortSignal): Deadline {
    return new Deadline(Date.now() + milliseconds, lease)
  }

  /** Milliseconds left; never negative, and 0 after the lease is lost. */
  get remaining(): number {
    return this.#lease?.aborted ? 0 : Math.max(0, this.at - Date.now())
  }

  /** Aborts when the time is up or the lease is lost. For `fetch` and similar functions. */
  get signal(): AbortSignal {
    if (!this.#signal) {
      const timeUp = AbortSignal.timeout(this.remaining)
      this.#signal = this.#lease ? AbortSignal.any([timeUp, this.#lease]) : timeUp
    }
    return this.#signal
  }

  /** The earlier of this deadline and one in `milliseconds` from now. */
  within(milliseconds: number | undefined): Deadline {
    if (milliseconds === undefined) return this
    const at = Date.now() + milliseconds
    return at < this.at ? new Deadline(at, this.#lease) : this
  }

  /** Throws `deadline_exceeded` when no time is left. */
  check(): void {
    if (this.remaining === 0) throw kernelErrors.deadlineExceeded()
  }
}
