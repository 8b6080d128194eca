import type { Context } from '@doran/kernel'
import { importsBusy } from '../errors.ts'

/** Lets a fixed number of callers through at a time, in the order in which they came. */
export class Turnstile {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  /** Raises `imports_busy` when the time is over before it is this one's turn. */
  async pass<T>(deadline: Context['deadline'], work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--
    else await this.#turn(deadline)
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }

  /** Whoever goes in takes over the place of the one who leaves. */
  #turn(deadline: Context['deadline']): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = () => {
        deadline.signal.removeEventListener('abort', giveUp)
        resolve()
      }
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(start), 1)
        reject(importsBusy())
      }
      this.#waiting.push(start)
      deadline.signal.addEventListener('abort', giveUp, { once: true })
    })
  }
}
