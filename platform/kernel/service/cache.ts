import { LRUCache } from 'lru-cache'

/** The handle on which keys are invalidated. Work registered with it runs after the change has committed. */
export interface Committing {
  afterCommit(work: () => void): void
}

/** Tells other processes about invalidated keys. The kernel's channel implements it. */
export interface Hints {
  publish(db: Committing, topic: string, message: unknown): Promise<void>
  subscribe(topic: string, handler: (message: unknown) => void): unknown
  /** Calls the handler after messages may have been missed. */
  onGap(handler: () => void): void
}

/** Longest time for which a value is served without being reloaded. */
const MAX_AGE_MS = 60_000
/** How often the cache reads the clock. Reading it for each value would cost more than finding the value. */
const CLOCK_RESOLUTION_MS = 1_000

/** Largest list of keys in one message, as JSON. A channel carries messages of up to 7 kB. */
const MAX_MESSAGE_BYTES = 6_000
/**
 * When the keys need more messages, one message makes other processes drop all values of the service, which is cheaper.
 */
const MAX_MESSAGES = 10

/**
 * A cache of values in this process. An entry stays until its key is invalidated or it is too old. Entries are
 * promises: of a thousand requests for a missing key one loads the value and the others wait for it. When a key is
 * invalidated during a load, the loading entry is dropped, too.
 */
export class CacheStore {
  readonly #entries: LRUCache<string, Promise<unknown>>
  readonly #hints: Hints
  readonly #max: number

  /** Keeps up to `max` values. With 0 it keeps none. */
  constructor(hints: Hints, max: number) {
    this.#max = max
    this.#entries = new LRUCache({ max: Math.max(1, max), ttl: MAX_AGE_MS, ttlResolution: CLOCK_RESOLUTION_MS })
    this.#hints = hints
    hints.subscribe('cache', (keys) => this.#drop(keys as string[]))
    hints.onGap(() => this.#entries.clear())
  }

  /** The part of the cache that one service sees. */
  of(service: string): Cache {
    return {
      get: (key, load) => this.#get(`${service}:${key}`, load),
      getAll: (keys, load) => this.#getAll(`${service}:`, keys, load),
      invalidate: (db, keys) => this.#invalidate(db, service, keys),
    }
  }

  #get<T>(key: string, load: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key) as Promise<T> | undefined
    if (known) return known
    if (this.#max === 0) return load()
    const loading = load()
    this.#entries.set(key, loading)
    const forget = () => void (this.#entries.peek(key) === loading && this.#entries.delete(key))
    loading.then((value) => (value === undefined ? forget() : keep(value)), forget)
    return loading
  }

  async #getAll<T>(
    prefix: string,
    keys: readonly string[],
    load: (missing: string[]) => Promise<ReadonlyMap<string, T>>,
  ): Promise<Map<string, T>> {
    const known = keys.map((key) => this.#entries.get(prefix + key) as Promise<T | undefined> | undefined)
    const missing = keys.filter((_, index) => !known[index])
    const loading = missing.length > 0 ? load(missing) : undefined
    const values = known.map((value, index) => {
      const key = keys[index] as string
      return value ?? this.#get(prefix + key, async () => (await (loading ?? load([key]))).get(key))
    })
    const found = new Map<string, T>()
    for (const [index, value] of (await Promise.all(values)).entries()) {
      if (value !== undefined) found.set(keys[index] as string, value)
    }
    return found
  }

  /** Drops the keys of this process at the commit itself, so that the caller that changed a value reads the new one. */
  async #invalidate(db: Committing, service: string, names: readonly string[]): Promise<void> {
    if (names.length === 0) return
    const keys = names.map((name) => `${service}:${name}`)
    db.afterCommit(() => this.#drop(keys))
    for (const message of messagesOf(keys, `${service}:*`)) await this.#hints.publish(db, 'cache', message)
  }

  #drop(keys: string[]): void {
    for (const key of keys) {
      if (!key.endsWith('*')) this.#entries.delete(key)
      else for (const known of this.#entries.keys()) if (known.startsWith(key.slice(0, -1))) this.#entries.delete(known)
    }
  }
}

export interface Cache {
  /**
   * Returns the value under `key`, and loads it when it is missing. `undefined` is not kept. The value is shared, so it
   * is frozen together with all objects and lists inside.
   */
  get<T>(key: string, load: () => Promise<T>): Promise<T>
  /**
   * Returns the values under these keys. One load fetches all missing ones; keys that it does not find are left out.
   */
  getAll<T>(
    keys: readonly string[],
    load: (missing: string[]) => Promise<ReadonlyMap<string, T>>,
  ): Promise<Map<string, T>>
  /**
   * Drops values when the transaction commits: in this process at the commit, in other processes about a millisecond
   * later. A trailing `*` matches any ending. The number of keys is not limited; for very many keys, other processes
   * drop all values of the service.
   */
  invalidate(db: Committing, keys: readonly string[]): Promise<void>
}

/** Splits the keys into messages. Returns the single key `all` when they need too many. */
function messagesOf(keys: readonly string[], all: string): string[][] {
  const messages: string[][] = []
  let room = 0
  for (const key of keys) {
    const bytes = Buffer.byteLength(JSON.stringify(key)) + 1
    if (bytes > MAX_MESSAGE_BYTES) return [[all]]
    if (bytes > room) {
      if (messages.length === MAX_MESSAGES) return [[all]]
      messages.push([])
      room = MAX_MESSAGE_BYTES
    }
    messages.at(-1)?.push(key)
    room -= bytes
  }
  return messages
}

/** Freezes a shared value, so that a caller that tries to change it gets an error at once. */
function keep(value: unknown): void {
  freeze(value)
  rememberReply(value)
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return
  Object.freeze(value)
  // `Object.values` would run getters.
  for (const name of Object.keys(value)) freeze(Object.getOwnPropertyDescriptor(value, name)?.value)
}

/** JSON of values from a cache, which never change. It is made when a value is first sent; null until then. */
const encodedReplies = new WeakMap<object, Buffer | null>()

function rememberReply(value: unknown): void {
  if (typeof value === 'object' && value !== null) encodedReplies.set(value, null)
}

/** Encodes a reply as JSON. For an object from a cache it does so only once. */
export function encodeJson(value: unknown): string | Buffer {
  const known = typeof value === 'object' && value !== null ? encodedReplies.get(value) : undefined
  if (known === undefined) return JSON.stringify(value)
  const bytes = known ?? Buffer.from(JSON.stringify(value))
  encodedReplies.set(value as object, bytes)
  return bytes
}
