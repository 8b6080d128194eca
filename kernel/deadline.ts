import { kernelErrors } from './errors.ts'

/** When a request's caller stops waiting. Passed on to every call that it causes; it only ever shrinks. */
export class Deadline {
  /** Milliseconds since the epoch, by this process's clock. */
  readonly at: number
  #signal: AbortSignal | undefined

  constructor(at: number) {
    this.at = at
  }

  static in(milliseconds: number): Deadline {
    return new Deadline(Date.now() + milliseconds)
  }

  /** Milliseconds left, never negative. */
  get remaining(): number {
    return Math.max(0, this.at - Date.now())
  }

  /** Aborts when time is up; for `fetch` and the like. */
  get signal(): AbortSignal {
    this.#signal ??= AbortSignal.timeout(this.remaining)
    return this.#signal
  }

  /** The earlier of this deadline and one that many milliseconds from now. */
  within(milliseconds: number | undefined): Deadline {
    if (milliseconds === undefined) return this
    const at = Date.now() + milliseconds
    return at < this.at ? new Deadline(at) : this
  }

  /** Throws `deadline_exceeded` when time is up. */
  check(): void {
    if (Date.now() >= this.at) throw kernelErrors.deadlineExceeded()
  }
}
