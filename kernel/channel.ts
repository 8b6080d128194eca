import type { Queryable } from './database/database.ts'
import type { Listener } from './database/listener.ts'
import { sql } from './database/sql.ts'

type Handler = (message: unknown) => void

/**
 * Short messages to every process, this one included, by PostgreSQL's NOTIFY. They are sent when the
 * transaction commits, and lost by whoever is away: a hint to look, never the only copy of anything.
 */
export interface Channel {
  /** Sends up to 7 kB of JSON. Inside a transaction it leaves with the commit. */
  publish(db: Queryable, topic: string, message: unknown): Promise<void>
  /** Calls the handler for each message on the topic until the returned function is called. */
  subscribe(topic: string, handler: Handler): () => void
  /** Calls the handler after messages may have been missed. */
  onGap(handler: () => void): void
}

/** Who listens to which topic in this process. */
export class Topics {
  readonly #handlers = new Map<string, Set<Handler>>()

  subscribe(topic: string, handler: Handler): () => void {
    const handlers = this.#handlers.get(topic) ?? new Set()
    this.#handlers.set(topic, handlers.add(handler))
    return () => {
      handlers.delete(handler)
      if (handlers.size === 0) this.#handlers.delete(topic)
    }
  }

  deliver(topic: string, message: unknown): void {
    for (const handler of this.#handlers.get(topic) ?? []) handler(message)
  }
}

const LARGEST_MESSAGE = 7_000

/** The channel over all databases of a process: a message reaches everyone who listens to the same database. */
export function postgresChannel(listeners: readonly Listener[]): Channel {
  const topics = new Topics()
  for (const listener of listeners) {
    listener.on('doran_channel', (payload) => {
      const { topic, message } = JSON.parse(payload)
      topics.deliver(topic, message)
    })
  }

  return {
    async publish(db, topic, message) {
      const payload = JSON.stringify({ topic, message })
      if (Buffer.byteLength(payload) > LARGEST_MESSAGE) throw new RangeError(`a message on ${topic} is over 7 kB`)
      await db.later(sql`select pg_notify('doran_channel', ${payload})`)
    },
    subscribe: (topic, handler) => topics.subscribe(topic, handler),
    onGap(handler) {
      for (const listener of listeners) listener.onReconnect(handler)
    },
  }
}
