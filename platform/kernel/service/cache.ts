import { LRUCache } from 'lru-cache'

/** Where keys are invalidated: work registered with it runs when the change has been committed. */
export interface Committing {
  afterCommit(work: () => void): void
}

/** What tells the other processes of invalidated keys; the kernel's channel is one. */
export interface Hints {
  publish(db: Committing, topic: string, message: unknown): Promise<void>
  subscribe(topic: string, handler: (message: unknown) => void): unknown
  /** Calls the handler after messages may have been missed. */
  onGap(handler: () => void): void
}

/** Longest time for which a value may be served without having been loaded anew. */
const MAX_AGE = 60_000
/** How often the clock is looked at for that: to do so for each value costs more than to find it. */
const CLOCK = 1_000

/** Keys of one message, as JSON: a channel carries messages of up to 7 kB. */
const MESSAGE_BYTES = 6_000
/** Beyond so many messages it is cheaper that everyone loads the service's values anew. */
const MAX_MESSAGES = 10

/**
 * Values kept in this process until an event says that they changed. It holds promises, so of a thousand
 * requests for a missing key one loads and the others wait for it; and a load that was under way when the key
 * was invalidated is dropped with it.
 */
export class CacheStore {
  readonly #entries: LRUCache<string, Promise<unknown>>
  readonly #hints: Hints
  readonly #max: number

  /** Keeps up to `max` values; none for 0. */
  constructor(hints: Hints, max: number) {
    this.#max = max
    this.#entries = new LRUCache({ max: Math.max(1, max), ttl: MAX_AGE, ttlResolution: CLOCK })
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

  /** Here at the commit itself, so that whoever changed a value and asks for it again is given the new one. */
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
   * The value under `key`, loaded if it is not known; `undefined` is not kept. Others share it, so it is frozen, with all
   * objects and lists inside.
   */
  get<T>(key: string, load: () => Promise<T>): Promise<T>
  /** The values under these keys, the missing ones loaded at once; keys that the load does not find are left out. */
  getAll<T>(
    keys: readonly string[],
    load: (missing: string[]) => Promise<ReadonlyMap<string, T>>,
  ): Promise<Map<string, T>>
  /**
   * Forgets values once the transaction commits, in this process at the commit, in others a millisecond or so after
   * it; a trailing `*` stands for any ending. There may be any number of keys; for very many of them other processes forget
   * all values of the service.
   */
  invalidate(db: Committing, keys: readonly string[]): Promise<void>
}

/** The keys in as many messages as they need, or `all` when those are too many. */
function messagesOf(keys: readonly string[], all: string): string[][] {
  const messages: string[][] = []
  let room = 0
  for (const key of keys) {
    const bytes = Buffer.byteLength(JSON.stringify(key)) + 1
    if (bytes > MESSAGE_BYTES) return [[all]]
    if (bytes > room) {
      if (messages.length === MAX_MESSAGES) return [[all]]
      messages.push([])
      room = MESSAGE_BYTES
    }
    messages.at(-1)?.push(key)
    room -= bytes
  }
  return messages
}

/** What is shared is changed by nobody: a caller that tries to is told at once. */
function keep(value: unknown): void {
  freeze(value)
  rememberReply(value)
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return
  Object.freeze(value)
  // Not by `Object.values`, which would run getters.
  for (const name of Object.keys(value)) freeze(Object.getOwnPropertyDescriptor(value, name)?.value)
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
