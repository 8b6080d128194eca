import type { Logger } from 'pino'
import type { Queryable } from '../database/database.ts'
import type { Listener } from '../database/listener.ts'

type Handler = (message: unknown) => void

/**
 * Sends short messages to every process, this one included, by PostgreSQL's NOTIFY. Messages leave within milliseconds
 * after the commit. Delivery is not guaranteed: a disconnected receiver misses them, and they are lost when the sender
 * dies before it sends. A message is a hint to look, never the only copy of anything.
 */
export interface Channel {
  /** Sends up to 7 kB of JSON. Inside a transaction the message leaves after the commit, and never after a rollback. */
  publish(db: Queryable, topic: string, message: unknown): Promise<void>
  /** Calls the handler for each message on the topic until the returned function is called. */
  subscribe(topic: string, handler: Handler): () => void
  /** Calls the handler after messages may have been missed. */
  onGap(handler: () => void): void
}

/**
 * The handlers of this process by topic. When a handler throws, the error is logged and the other handlers still run.
 */
export class Topics {
  readonly #handlers = new Map<string, Set<Handler>>()
  readonly #log: Logger

  constructor(log: Logger) {
    this.#log = log
  }

  subscribe(topic: string, handler: Handler): () => void {
    const handlers = this.#handlers.get(topic) ?? new Set()
    this.#handlers.set(topic, handlers.add(handler))
    return () => {
      handlers.delete(handler)
      if (handlers.size === 0) this.#handlers.delete(topic)
    }
  }

  deliver(topic: string, message: unknown): void {
    for (const handler of this.#handlers.get(topic) ?? []) {
      try {
        handler(message)
      } catch (error) {
        this.#log.error({ err: error, topic }, 'a subscriber of a channel failed')
      }
    }
  }
}

const CHANNEL = 'doran_channel'
/** PostgreSQL accepts less than 8,000 bytes. */
const MAX_MESSAGE_BYTES = 7_000

/** The channel over all databases of a process. A message reaches all processes that listen to the same database. */
export function postgresChannel(listeners: readonly Listener[], log: Logger): Channel {
  const topics = new Topics(log)
  for (const listener of listeners) {
    listener.on(CHANNEL, (payload) => {
      const hint = hintOf(payload)
      if (hint) topics.deliver(hint.topic, hint.message)
      else log.warn(`ignored a message on the NOTIFY channel ${CHANNEL} that Doran did not send`)
    })
  }

  return {
    async publish(db, topic, message) {
      const payload = JSON.stringify({ topic, message })
      if (Buffer.byteLength(payload) > MAX_MESSAGE_BYTES) throw new RangeError(`a message on ${topic} is over 7 kB`)
      db.notify({ channel: CHANNEL, payload })
    },
    subscribe: (topic, handler) => topics.subscribe(topic, handler),
    onGap(handler) {
      for (const listener of listeners) listener.onReconnect(handler)
    },
  }
}

/** The published message, or undefined for one that Doran did not send: every user of a database may notify. */
function hintOf(payload: string): { topic: string; message: unknown } | undefined {
  try {
    const hint = JSON.parse(payload)
    return typeof hint?.topic === 'string' ? hint : undefined
  } catch {
    return undefined
  }
}
