import type { Context } from '@doran/kernel'
import { importsBusy } from '../errors.ts'

/** Lets a fixed number of callers work at a time, in the order of their arrival. */
export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  /** Runs the work when its turn comes. Raises `imports_busy` when the deadline passes before that. */
  async run<T>(deadline: Context['deadline'], work: () => Promise<T>): Promise<T> {
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

  /** Waits for a caller that finishes and hands over its place. */
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
