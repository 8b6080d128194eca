import { LRUCache } from 'lru-cache'
import type { Channel } from './channel.ts'
import type { Queryable } from './database/database.ts'

/** Longest time for which a value may be served without having been loaded anew. */
const MAX_AGE = 60_000

/**
 * Values kept in this process until an event says that they changed. It holds promises, so of a thousand
 * requests for a missing key one loads and the others wait for it; and a load that was under way when the key
 * was invalidated is dropped with it.
 */
export class CacheStore {
  readonly #entries: LRUCache<string, Promise<unknown>>
  readonly #channel: Channel
  readonly #max: number

  /** Keeps up to `max` values; none for 0. */
  constructor(channel: Channel, max: number) {
    this.#max = max
    this.#entries = new LRUCache({ max: Math.max(1, max), ttl: MAX_AGE })
    this.#channel = channel
    channel.subscribe('cache', (keys) => this.#drop(keys as string[]))
    channel.onGap(() => this.#entries.clear())
  }

  /** The part of the cache that one service sees. */
  of(service: string): Cache {
    return {
      get: (key, load) => this.#get(`${service}:${key}`, load),
      invalidate: (db, keys) =>
        this.#invalidate(
          db,
          keys.map((key) => `${service}:${key}`),
        ),
    }
  }

  #get<T>(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key) as Promise<T> | undefined
    if (known) return known
    if (this.#max === 0) return load()
    const loading = load()
    this.#entries.set(key, loading)
    loading.then(rememberReply, () => {
      if (this.#entries.peek(key) === loading) this.#entries.delete(key)
    })
    return loading
  }

  async #invalidate(db: Queryable, keys: string[]): Promise<void> {
    if (keys.length > 0) await this.#channel.publish(db, 'cache', keys)
  }

  #drop(keys: string[]): void {
    for (const key of keys) {
      if (!key.endsWith('*')) this.#entries.delete(key)
      else for (const known of this.#entries.keys()) if (known.startsWith(key.slice(0, -1))) this.#entries.delete(known)
    }
  }
}

export interface Cache {
  /** The value under `key`, loaded if it is not known. Treat it as read-only: others share it. */
  get<T>(key: string, load: () => Promise<T>): Promise<T>
  /**
   * Forgets values in every process once the transaction commits; a trailing `*` stands for any ending. Until
   * then, and for a millisecond or so after it, others may still be given the old value.
   */
  invalidate(db: Queryable, keys: readonly string[]): Promise<void>
}

/** Replies that came out of a cache never change, so they are encoded once: at the first time they are sent. */
const encoded = new WeakMap<object, Buffer | null>()

function rememberReply(value: unknown): void {
  if (typeof value === 'object' && value !== null) encoded.set(value, null)
}

/** JSON of a reply, ready to be sent; made only once for an object that came out of a cache. */
export function encodeJson(value: unknown): string | Buffer {
  const known = typeof value === 'object' && value !== null ? encoded.get(value) : undefined
  if (known === undefined) return JSON.stringify(value)
  const bytes = known ?? Buffer.from(JSON.stringify(value))
  encoded.set(value as object, bytes)
  return bytes
}
