import pg from 'pg'
import { type Notification, type Sql, sql } from './sql.ts'

const HEARTBEAT_MS = 5_000
/** Shortest interval between two batches of notifications. A notification after a quiet interval leaves at once. */
const BATCH_INTERVAL_MS = 5
/** Most notifications kept while the connection is down. When there are more, one on LOST_CHANNEL replaces them all. */
const MAX_WAITING_NOTIFICATIONS = 10_000
/** Channel on which processes learn that notifications were lost, so that they look for themselves. */
const LOST_CHANNEL = 'doran_lost'
/** First key of the advisory locks that {@link Listener.hold} takes. */
const HOLD_LOCK_KEY = 7_238_003

/** `own` is true for notifications that this process sent. */
type Handler = (payload: string, own: boolean) => void

/**
 * One connection that receives PostgreSQL's notifications and sends those of this process. It reconnects by itself. It
 * misses notifications sent while it is down, so `onReconnect` handlers must look for changes.
 *
 * This process receives its own notifications at once. Other processes receive them in batches after the commit of the
 * work that they announce (docs/decisions/0028): a NOTIFY inside that transaction would hold a lock of the whole server
 * until the commit is on disk.
 */
export class Listener {
  readonly #url: string
  readonly #heartbeatMs: number
  readonly #handlers = new Map<string, Handler>()
  readonly #reconnectHandlers: (() => void)[] = []
  readonly #heldNames = new Set<string>()
  #client: pg.Client | undefined
  #connected = false
  #retry: NodeJS.Timeout | undefined
  /** Set from {@link start} until {@link close}. */
  #heartbeat: NodeJS.Timeout | undefined
  #waiting: Notification[] = []
  #sending: Promise<void> | undefined

  /** `heartbeatMs`: interval between two checks of the connection, and the time that each may take to be answered. */
  constructor(url: string, heartbeatMs = HEARTBEAT_MS) {
    this.#url = url
    this.#heartbeatMs = heartbeatMs
    this.on(LOST_CHANNEL, () => this.#callReconnectHandlers())
  }

  /** Sets the only handler of a channel. Call it before {@link start}. */
  on(channel: string, handler: Handler): void {
    this.#handlers.set(channel, handler)
  }

  /** Calls the handler whenever notifications may have been missed. */
  onReconnect(handler: () => void): void {
    this.#reconnectHandlers.push(handler)
  }

  /** Throws when the database cannot be reached. Only a listener that has started reconnects by itself. */
  async start(): Promise<void> {
    await this.#connect()
    this.#heartbeat = setInterval(() => void this.#checkConnection(), this.#heartbeatMs)
  }

  /**
   * Shows other processes that a live process uses these names. It takes a shared advisory lock for each, which ends
   * with the connection: see {@link unheld}.
   */
  async hold(names: readonly string[]): Promise<void> {
    for (const name of names) this.#heldNames.add(name)
    if (this.#connected) await takeLocks(this.#client as pg.Client, names)
  }

  /** Calls the handler of this process at once, and sends to all other processes soon after. */
  notify(notification: Notification): void {
    this.#handlers.get(notification.channel)?.(notification.payload, true)
    if (this.#waiting.length < MAX_WAITING_NOTIFICATIONS) this.#waiting.push(notification)
    else this.#waiting = [{ channel: LOST_CHANNEL, payload: '' }]
    this.#sendSoon()
  }

  /** Sends the waiting notifications, then closes the connection. */
  async close(): Promise<void> {
    clearTimeout(this.#retry)
    clearInterval(this.#heartbeat)
    this.#heartbeat = undefined
    await this.#sending
    if (this.#connected) await this.#send()
    await this.#client?.end().catch(() => {})
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#url,
      application_name: 'doran listener',
      connectionTimeoutMillis: this.#heartbeatMs,
      query_timeout: this.#heartbeatMs,
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
      // Notifications may be lost in a crash of the server. Not waiting for the disk keeps the lock of NOTIFY short.
      await client.query('set synchronous_commit = off')
      for (const channel of this.#handlers.keys()) await client.query(`listen ${client.escapeIdentifier(channel)}`)
      await takeLocks(client, [...this.#heldNames])
      this.#connected = true
      this.#sendSoon()
    } catch (error) {
      client.connection.stream.destroy()
      throw error
    }
  }

  /** Detects a server that has vanished without closing the connection, which listening alone would never notice. */
  async #checkConnection(): Promise<void> {
    const client = this.#client
    await client?.query('').catch(() => client.connection.stream.destroy())
  }

  /** Called whenever a connection, or an attempt to connect, ends for any reason. */
  #lost(client: pg.Client): void {
    if (client !== this.#client) return
    this.#connected = false
    if (this.#heartbeat) this.#retry = setTimeout(() => void this.#reconnect().catch(() => {}), 500)
  }

  async #reconnect(): Promise<void> {
    await this.#connect()
    this.#callReconnectHandlers()
  }

  #callReconnectHandlers(): void {
    for (const handler of this.#reconnectHandlers) handler()
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

  /** Sends the waiting notifications. After a failure the next connection sends them, perhaps a second time. */
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

/** SQL condition: no live process holds the name. It takes a lock that ends with the statement or its transaction. */
export function unheld(name: string | Sql): Sql {
  return sql`pg_try_advisory_xact_lock(${HOLD_LOCK_KEY}, hashtext(${name}))`
}

async function takeLocks(client: pg.Client, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  await client.query('select pg_advisory_lock_shared($1, hashtext(name)) from unnest($2::text[]) as n (name)', [
    HOLD_LOCK_KEY,
    names,
  ])
}
