import pg from 'pg'

const BEAT = 5_000

/**
 * One connection that listens to PostgreSQL's notifications and comes back by itself when it is lost. What is
 * sent while it is away is missed, so `onReconnect` tells everyone to look again.
 */
export class Listener {
  readonly #url: string
  readonly #beat: number
  readonly #handlers = new Map<string, (payload: string) => void>()
  readonly #reconnected: (() => void)[] = []
  #client: pg.Client | undefined
  #retry: NodeJS.Timeout | undefined
  /** From the first connection until the end. */
  #pulse: NodeJS.Timeout | undefined

  /** `beat`: milliseconds after which it looks again whether anybody is there, and for which it waits for an answer. */
  constructor(url: string, beat = BEAT) {
    this.#url = url
    this.#beat = beat
  }

  /** One handler a channel; call it before {@link start}. */
  on(channel: string, handler: (payload: string) => void): void {
    this.#handlers.set(channel, handler)
  }

  onReconnect(handler: () => void): void {
    this.#reconnected.push(handler)
  }

  /** Throws when the database is not there; a listener that has never been connected does not come back. */
  async start(): Promise<void> {
    await this.#connect()
    this.#pulse = setInterval(() => void this.#feel(), this.#beat)
  }

  async close(): Promise<void> {
    clearTimeout(this.#retry)
    clearInterval(this.#pulse)
    this.#pulse = undefined
    await this.#client?.end().catch(() => {})
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'doran listener',
      connectionTimeoutMillis: this.#beat,
      query_timeout: this.#beat,
    })
    client.on('error', () => {})
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ channel, payload }) => this.#handlers.get(channel)?.(payload ?? ''))
    this.#client = client
    try {
      await client.connect()
      for (const channel of this.#handlers.keys()) await client.query(`listen ${client.escapeIdentifier(channel)}`)
    } catch (error) {
      client.connection.stream.destroy()
      throw error
    }
  }

  /** A machine that vanishes says nothing, and who only listens would never know. */
  async #feel(): Promise<void> {
    const client = this.#client
    await client?.query('').catch(() => client.connection.stream.destroy())
  }

  /** However a connection or the try to make one ends, it is heard of here. */
  #lost(client: pg.Client): void {
    if (!this.#pulse || client !== this.#client) return
    this.#retry = setTimeout(() => void this.#comeBack().catch(() => {}), 500)
  }

  async #comeBack(): Promise<void> {
    await this.#connect()
    for (const handler of this.#reconnected) handler()
  }
}
