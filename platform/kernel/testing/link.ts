/** A TCP connection that can be made bad: what comes in at a port of ours goes on to its target, late, or not at all. */
import { once } from 'node:events'
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export class Link {
  readonly host: string
  readonly #server: Server
  readonly #target: NetConnectOpts
  readonly #pairs = new Set<{ near: Socket; far: Socket; forgotten: boolean }>()
  #latency = 0
  #silent = false

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

  /** Milliseconds that everything takes longer, in each direction. */
  delay(milliseconds: number): void {
    this.#latency = milliseconds
  }

  /** Ends all connections as a broken network would, without a word; new ones are taken. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy()
      far.destroy()
    }
  }

  /**
   * The other side goes away and nobody is told: connections stay open, nothing comes back on them, and new ones are
   * taken and never answered, until {@link heal}.
   */
  halfOpen(): void {
    this.#silent = true
    for (const pair of this.#pairs) {
      pair.forgotten = true
      pair.far.destroy()
    }
  }

  /** As it was. Connections that the other side has forgotten are reset when they are next used. */
  heal(): void {
    this.#latency = 0
    this.#silent = false
  }

  async close(): Promise<void> {
    this.#server.close()
    this.cut()
    await once(this.#server, 'close')
  }

  #join(near: Socket): void {
    const far = connect(this.#target)
    const pair = { near, far, forgotten: this.#silent }
    this.#pairs.add(pair)
    near.setNoDelay(true)
    far.setNoDelay(true)
    this.#pass(near, far, () => {
      if (pair.forgotten && !this.#silent) near.resetAndDestroy()
      return !pair.forgotten
    })
    this.#pass(far, near, () => !pair.forgotten)
    near.on('close', () => {
      this.#pairs.delete(pair)
      far.destroy()
    })
    far.on('close', () => pair.forgotten || near.destroy())
    for (const socket of [near, far]) socket.on('error', () => {})
  }

  /** Chunks keep their order, since each waits for the one before it. */
  #pass(from: Socket, to: Socket, isHeard: () => boolean): void {
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
