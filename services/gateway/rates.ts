/** The length of a rate limit's window. */
export const WINDOW_MS = 60_000

/** The maximum number of counters. Beyond it, the senders with the oldest windows lose theirs and start again. */
const MAX_SENDERS = 10_000

/** Counts requests in memory. Each sender may send `max` requests in the minute that begins with the first one. */
export class Rates {
  readonly #max: number
  /** Ordered by the start of the minutes. */
  readonly #minutes = new Map<string, { requests: number; ends: number }>()

  constructor(max: number) {
    this.#max = max
  }

  /** Counts a request. Returns 0 if it is allowed, otherwise the seconds after which the sender may try again. */
  count(sender: string, now = Date.now()): number {
    let minute = this.#minutes.get(sender)
    if (!minute || minute.ends <= now) minute = this.#begin(sender, now)
    minute.requests++
    return minute.requests <= this.#max ? 0 : Math.ceil((minute.ends - now) / 1_000)
  }

  #begin(sender: string, now: number) {
    const minute = { requests: 0, ends: now + WINDOW_MS }
    this.#minutes.delete(sender)
    this.#minutes.set(sender, minute)
    for (const [oldest, { ends }] of this.#minutes) {
      if (ends > now && this.#minutes.size <= MAX_SENDERS) break
      this.#minutes.delete(oldest)
    }
    return minute
  }
}

/** The network of an address: 256 addresses of IPv4, or a /48 of IPv6, which is what providers assign to a site. */
export function networkOf(address: string): string {
  const [, ipv4] = /^(?:::ffff:)?(\d+\.\d+\.\d+)\.\d+$/i.exec(address) ?? []
  if (ipv4) return ipv4
  const [before = '', after] = address.split('%')[0]?.toLowerCase().split('::') ?? []
  const head = before.split(':').filter(Boolean)
  const tail = after?.split(':').filter(Boolean) ?? []
  const zeros = after === undefined ? [] : Array(Math.max(0, 8 - head.length - tail.length)).fill('0')
  return [...head, ...zeros, ...tail]
    .slice(0, 3)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
