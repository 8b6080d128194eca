import pg from 'pg'
import { type Notification, type Sql, sql } from './sql.ts'

const BEAT = 5_000
/** Shortest pause between two batches of notifications. The first after a pause leaves at once. */
const BATCH_INTERVAL_MS = 5
/** Notifications kept while the connection is away. When there are more, everybody is told to look instead. */
const MOST_WAITING = 10_000
/** Says that notifications were lost, so that whoever hears it looks by itself. */
const LOST_CHANNEL = 'doran_lost'
/** First key of the advisory locks that {@link Listener.hold} takes. */
const HOLDS = 7_238_003

/** `own` says that this process sent the notification itself. */
type Handler = (payload: string, own: boolean) => void

/**
 * One connection that listens to PostgreSQL's notifications, sends those of this process, and comes back by itself when
 * it is lost. What is sent while it is away is missed, so `onReconnect` tells everyone to look again.
 *
 * This process hears its own notifications at once. The others hear them after the commit of the work that they tell
 * of, in batches: a NOTIFY inside that transaction would hold a lock of the whole server until the commit is on disk.
 */
export class Listener {
  readonly #url: string
  readonly #beat: number
  readonly #handlers = new Map<string, Handler>()
  readonly #reconnected: (() => void)[] = []
  readonly #held = new Set<string>()
  #client: pg.Client | undefined
  #connected = false
  #retry: NodeJS.Timeout | undefined
  /** From the first connection until the end. */
  #pulse: NodeJS.Timeout | undefined
  #waiting: Notification[] = []
  #sending: Promise<void> | undefined

  /** `beat`: milliseconds after which it looks again whether anybody is there, and for which it waits for an answer. */
  constructor(url: string, beat = BEAT) {
    this.#url = url
    this.#beat = beat
    this.on(LOST_CHANNEL, () => this.#lookAgain())
  }

  /** One handler a channel; call it before {@link start}. */
  on(channel: string, handler: Handler): void {
    this.#handlers.set(channel, handler)
  }

  /** Calls the handler whenever notifications may have been missed. */
  onReconnect(handler: () => void): void {
    this.#reconnected.push(handler)
  }

  /** Throws when the database is not there; a listener that has never been connected does not come back. */
  async start(): Promise<void> {
    await this.#connect()
    this.#pulse = setInterval(() => void this.#feel(), this.#beat)
  }

  /**
   * Shows other processes that a live one uses what these names stand for, by shared advisory locks that end with the
   * connection: see {@link unheld}.
   */
  async hold(names: readonly string[]): Promise<void> {
    for (const name of names) this.#held.add(name)
    if (this.#connected) await takeLocks(this.#client as pg.Client, names)
  }

  /** Sends to all other processes soon, and calls the own handler at once. */
  notify(notification: Notification): void {
    this.#handlers.get(notification.channel)?.(notification.payload, true)
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push(notification)
    else this.#waiting = [{ channel: LOST_CHANNEL, payload: '' }]
    this.#sendSoon()
  }

  /** Sends what waits, then ends the connection. */
  async close(): Promise<void> {
    clearTimeout(this.#retry)
    clearInterval(this.#pulse)
    this.#pulse = undefined
    await this.#sending
    if (this.#connected) await this.#send()
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
    let self: number | undefined
    client.on('notification', ({ channel, payload, processId }) => {
      if (processId !== self) this.#handlers.get(channel)?.(payload ?? '', false)
    })
    this.#client = client
    try {
      await client.connect()
      self = (await client.query('select pg_backend_pid() as self')).rows[0].self
      // A notification that is lost with the server is no loss, and the lock of NOTIFY is held for a moment only.
      await client.query('set synchronous_commit = off')
      for (const channel of this.#handlers.keys()) await client.query(`listen ${client.escapeIdentifier(channel)}`)
      await takeLocks(client, [...this.#held])
      this.#connected = true
      this.#sendSoon()
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
    if (client !== this.#client) return
    this.#connected = false
    if (this.#pulse) this.#retry = setTimeout(() => void this.#comeBack().catch(() => {}), 500)
  }

  async #comeBack(): Promise<void> {
    await this.#connect()
    this.#lookAgain()
  }

  #lookAgain(): void {
    for (const handler of this.#reconnected) handler()
  }

  #sendSoon(): void {
    if (this.#waiting.length === 0 || !this.#connected) return
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
      this.#sendSoon()
    })
  }

  async #sendAll(): Promise<void> {
    await this.#send()
    await new Promise((resolve) => setTimeout(resolve, BATCH_INTERVAL_MS))
  }

  /** What could not be sent is sent by the next connection, perhaps for the second time. */
  async #send(): Promise<void> {
    const client = this.#client as pg.Client
    const batch = this.#waiting
    if (batch.length === 0) return
    this.#waiting = []
    const values = [batch.map(({ channel }) => channel), batch.map(({ payload }) => payload)]
    try {
      await client.query(
        'select pg_notify(channel, payload) from unnest($1::text[], $2::text[]) as n (channel, payload)',
        values,
      )
    } catch {
      this.#waiting = [...batch, ...this.#waiting]
      client.connection.stream.destroy()
    }
  }
}

/** Condition that no live process holds the name. The lock that it takes ends with the statement or its transaction. */
export function unheld(name: string | Sql): Sql {
  return sql`pg_try_advisory_xact_lock(${HOLDS}, hashtext(${name}))`
}

async function takeLocks(client: pg.Client, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await client.query('select pg_advisory_lock_shared($1, hashtext(name)) from unnest($2::text[]) as n (name)', [
    HOLDS,
    names,
  ])
}
