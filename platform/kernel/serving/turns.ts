/** How much longer the thread is left to others than the piece of work before took. */
const SHARE_OF_OTHERS = 2

/**
 * Work that holds the thread for milliseconds at a time, such as parsing a large body: one piece after the other, with
 * time for everybody else in between. Many large bodies at once then wait for each other, and small requests for one.
 */
export class Turns {
  readonly #waiting = new Set<() => void>()
  #isDue = false

  /** Answers how to leave before the turn has come, which lets go of whatever the work holds. */
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
    if (this.#isDue) setTimeout(this.#next, tookMs * SHARE_OF_OTHERS)
  }
}
