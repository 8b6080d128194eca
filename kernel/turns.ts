/** How much longer the thread is left to others than the piece of work before took. */
const SHARE_OF_OTHERS = 2

/**
 * Work that holds the thread for milliseconds at a time, such as parsing a large body: one piece after the other, with
 * time for everybody else in between. Many large bodies at once then wait for each other, and small requests for one.
 */
export class Turns {
  readonly #waiting: (() => void)[] = []

  take(work: () => void): void {
    this.#waiting.push(work)
    if (this.#waiting.length === 1) setImmediate(this.#next)
  }

  readonly #next = (): void => {
    const begun = performance.now()
    this.#waiting[0]?.()
    this.#waiting.shift()
    const tookMs = performance.now() - begun
    if (this.#waiting.length > 0) setTimeout(this.#next, tookMs * SHARE_OF_OTHERS)
  }
}
