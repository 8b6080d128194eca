import pg from 'pg'

/**
 * One connection that listens to PostgreSQL's notifications and comes back by itself when it is lost. What is
 * sent while it is away is missed, so `onReconnect` tells everyone to look again.
 */
export class Listener {
  readonly #url: string
  readonly #handlers = new Map<string, (payload: string) => void>()
  readonly #reconnected: (() => void)[] = []
  #client: pg.Client | undefined
  #closed = false
  #retry: NodeJS.Timeout | undefined

  constructor(url: string) {
    this.#url = url
  }

  /** One handler a channel; call it before {@link start}. */
  on(channel: string, handler: (payload: string) => void): void {
    this.#handlers.set(channel, handler)
  }

  onReconnect(handler: () => void): void {
    this.#reconnected.push(handler)
  }

  async start(): Promise<void> {
    const client = new pg.Client({ connectionString: this.#url, application_name: 'doran listener', keepAlive: true })
    client.on('error', () => {})
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ channel, payload }) => this.#handlers.get(channel)?.(payload ?? ''))
    this.#client = client
    await client.connect()
    for (const channel of this.#handlers.keys()) await client.query(`listen ${client.escapeIdentifier(channel)}`)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    await this.#client?.end().catch(() => {})
  }

  #lost(client: pg.Client): void {
    if (this.#closed || client !== this.#client) return
    clearTimeout(this.#retry)
    this.#retry = setTimeout(async () => {
      try {
        await this.start()
        for (const handler of this.#reconnected) handler()
      } catch {
        // Not back yet: a failed connect may end without the event, so the next try is scheduled here.
        const failed = this.#client
        if (failed) this.#lost(failed)
      }
    }, 500)
  }
}
