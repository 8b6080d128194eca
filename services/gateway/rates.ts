/** How long a sender's requests are counted together, in milliseconds. */
export const WINDOW = 60_000

/** Senders that are remembered; beyond that those who began longest ago begin anew. */
const SENDERS = 10_000

/** Counts requests in the memory of this process. Every sender may make so many in the minute that begins with the first. */
export class Rates {
  readonly #most: number
  /** In the order in which the minutes began. */
  readonly #minutes = new Map<string, { requests: number; ends: number }>()

  constructor(most: number) {
    this.#most = most
  }

  /** Counts a request; answers after how many seconds it may be made again, 0 when it is allowed. */
  count(sender: string, now = Date.now()): number {
    let minute = this.#minutes.get(sender)
    if (!minute || minute.ends <= now) minute = this.#begin(sender, now)
    minute.requests++
    return minute.requests <= this.#most ? 0 : Math.ceil((minute.ends - now) / 1_000)
  }

  #begin(sender: string, now: number) {
    const minute = { requests: 0, ends: now + WINDOW }
    this.#minutes.delete(sender)
    this.#minutes.set(sender, minute)
    for (const [oldest, { ends }] of this.#minutes) {
      if (ends > now && this.#minutes.size <= SENDERS) break
      this.#minutes.delete(oldest)
    }
    return minute
  }
}

/** The network that an address belongs to: 256 addresses of IPv4, a /48 of IPv6, which is what a site is given. */
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
