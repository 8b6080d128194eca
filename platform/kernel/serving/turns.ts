/** Pause after a piece of work, as a multiple of the time that the piece took. */
const PAUSE_FACTOR = 2

/**
 * Queue for work that blocks the thread for milliseconds, such as parsing a large body. Pieces run one at a time, with
 * pauses for other work. So large bodies wait for each other, and a small request waits for one of them at most.
 */
export class Turns {
  readonly #waiting = new Set<() => void>()
  #isDue = false

  /** Queues the work. Returns a function that removes it before its turn, and so releases what it references. */
  take(work: () => void): () => void {
    const turn = () => work()
    this.#waiting.add(turn)
    if (!this.#isDue) setImmediate(this.#next)
    this.#isDue = true
    return () => void this.#waiting.delete(turn)
  }

  readonly #next = (): void => {
    const [turn] = this.#waiting
    const begun = performance.now()
    if (turn) {
      this.#waiting.delete(turn)
      turn()
    }
    const tookMs = performance.now() - begun
    this.#isDue = this.#waiting.size > 0
    if (this.#isDue) setTimeout(this.#next, tookMs * PAUSE_FACTOR)
  }
}
