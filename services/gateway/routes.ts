/** Shares of operations that go elsewhere, as the gateway keeps them at hand. */
import { createHash } from 'node:crypto'
import { type Channel, type Queryable, sql } from '@doran/kernel'
import type { Route } from './contract.ts'

/** Channel topic on which gateways hear that the table has changed. */
export const ROUTES_CHANGED = 'gateway.routes'

export function readRoutes(db: Queryable): Promise<Route[]> {
  return db.all<Route>(sql`
    select operation, target, share, updated_at as "updatedAt" from gateway.routes order by operation, target`)
}

/** Whether requests for it may go to another target: not those that carry passwords, or change where requests go. */
export function mayGoElsewhere(operation: string): boolean {
  return !/^(auth|gateway)\./.test(operation)
}

export class RouteShares {
  readonly #allowed: ReadonlySet<string>
  #byOperation = new Map<string, Route[]>()

  /** What is not among the allowed targets is not followed, whatever the table says. */
  constructor(allowed: ReadonlySet<string>) {
    this.#allowed = allowed
  }

  /** Reads the table now and whenever it has changed. */
  async watch(db: Queryable, channel: Channel): Promise<void> {
    const read = async () => {
      const routes = await readRoutes(db)
      const followed = routes.filter((route) => this.#allowed.has(route.target) && mayGoElsewhere(route.operation))
      this.#byOperation = Map.groupBy(followed, ({ operation }) => operation)
    }
    // When reading fails the last known shares stay, and the next change or gap reads again.
    const again = () => void read().catch(() => {})
    channel.subscribe(ROUTES_CHANGED, again)
    channel.onGap(again)
    await read()
  }

  /** Where this request goes, if not to the service itself; the same for all requests of one account or address. */
  pick(service: string, operation: string, who: string): string | undefined {
    if (this.#byOperation.size === 0) return undefined
    const routes = this.#byOperation.get(`${service}.${operation}`) ?? this.#byOperation.get(`${service}.*`)
    if (!routes) return undefined
    let place = percentileOf(who)
    for (const { target, share } of routes) {
      if (place < share) return target
      place -= share
    }
    return undefined
  }
}

/** 0 to 99, always the same for the same text. */
function percentileOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() % 100
}
