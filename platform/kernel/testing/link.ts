/** A TCP proxy with network faults: it forwards connections to its target, with latency, or not at all. */
import { once } from 'node:events'
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export class Link {
  readonly host: string
  readonly #server: Server
  readonly #target: NetConnectOpts
  readonly #pairs = new Set<{ near: Socket; far: Socket; forgotten: boolean }>()
  #latency = 0
  #isHalfOpen = false

  private constructor(host: string, target: NetConnectOpts) {
    this.host = host
    this.#target = target
    this.#server = createServer((near) => this.#join(near))
  }

  static async open(host: string, target: NetConnectOpts): Promise<Link> {
    const link = new Link(host, target)
    link.#server.listen(0, host)
    await once(link.#server, 'listening')
    return link
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port
  }

  /** Adds latency in each direction. */
  delay(milliseconds: number): void {
    this.#latency = milliseconds
  }

  /** Resets all connections, as a broken network would. New ones are accepted. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy()
      far.destroy()
    }
  }

  /**
   * Makes the target vanish without notice, until {@link heal}. Open connections stay open but carry nothing. New ones
   * are accepted and never answered.
   */
  halfOpen(): void {
    this.#isHalfOpen = true
    for (const pair of this.#pairs) {
      pair.forgotten = true
      pair.far.destroy()
    }
  }

  /** Ends all faults. Connections that the target has forgotten are reset at their next use. */
  heal(): void {
    this.#latency = 0
    this.#isHalfOpen = false
  }

  async close(): Promise<void> {
    this.#server.close()
    this.cut()
    await once(this.#server, 'close')
  }

  #join(near: Socket): void {
    const far = connect(this.#target)
    const pair = { near, far, forgotten: this.#isHalfOpen }
    this.#pairs.add(pair)
    near.setNoDelay(true)
    far.setNoDelay(true)
    this.#forward(near, far, () => {
      if (pair.forgotten && !this.#isHalfOpen) near.resetAndDestroy()
      return !pair.forgotten
    })
    this.#forward(far, near, () => !pair.forgotten)
    near.on('close', () => {
      this.#pairs.delete(pair)
      far.destroy()
    })
    far.on('close', () => pair.forgotten || near.destroy())
    for (const socket of [near, far]) socket.on('error', () => {})
  }

  /** Forwards chunks in order: each waits for the previous one. */
  #forward(from: Socket, to: Socket, isHeard: () => boolean): void {
    let last: Promise<unknown> = Promise.resolve()
    from.on('data', (chunk) => {
      if (!isHeard()) return
      if (this.#latency === 0) return void to.write(chunk)
      const due = pause(this.#latency)
      last = last.then(() => due).then(() => to.writable && to.write(chunk))
    })
    from.on('end', () => void last.then(() => to.end()))
  }
}
