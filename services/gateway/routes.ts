/** Shares of operations that go to other targets. Each gateway holds them in memory. */
import { createHash } from 'node:crypto'
import { type Channel, type Queryable, sql } from '@doran/kernel'
import type { Route } from './contract.ts'

/** The channel topic that notifies gateways of changes of the table. */
export const ROUTES_CHANGED = 'gateway.routes'

export function readRoutes(db: Queryable): Promise<Route[]> {
  return db.all<Route>(sql`
    select operation, target, share, updated_at as "updatedAt" from gateway.routes order by operation, target`)
}

/** Whether an operation may go to another target. Those that carry passwords or change routes may not. */
export function mayBeRerouted(operation: string): boolean {
  return !/^(auth|gateway)\./.test(operation)
}

export class RouteShares {
  readonly #allowed: ReadonlySet<string>
  #byOperation = new Map<string, Route[]>()

  /** Ignores rows of the table whose target is not allowed. */
  constructor(allowed: ReadonlySet<string>) {
    this.#allowed = allowed
  }

  /** Reads the table now and after each change. */
  async watch(db: Queryable, channel: Channel): Promise<void> {
    const read = async () => {
      const routes = await readRoutes(db)
      const followed = routes.filter((route) => this.#allowed.has(route.target) && mayBeRerouted(route.operation))
      this.#byOperation = Map.groupBy(followed, ({ operation }) => operation)
    }
    // If a read fails, the last known shares stay in force until the next change or gap triggers another read.
    const refresh = () => void read().catch(() => {})
    channel.subscribe(ROUTES_CHANGED, refresh)
    channel.onGap(refresh)
    await read()
  }

  /** The target of a request, or undefined for the service itself. It is the same for all requests of one `who`. */
  pick(service: string, operation: string, who: string): string | undefined {
    if (this.#byOperation.size === 0) return undefined
    const routes = this.#byOperation.get(`${service}.${operation}`) ?? this.#byOperation.get(`${service}.*`)
    if (!routes) return undefined
    let bucket = bucketOf(who)
    for (const { target, share } of routes) {
      if (bucket < share) return target
      bucket -= share
    }
    return undefined
  }
}

/** A bucket from 0 to 99, always the same for the same text. */
function bucketOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() % 100
}
