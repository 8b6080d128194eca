/** Invariants of a service's own tables, which `doran check` inspects on a live shop. */
import type { Queryable } from '../database/queryable.ts'

/** A subject for which an invariant does not hold. */
export interface Breach {
  /** Id of the order, SKU, article and so on. */
  readonly id: string
  /** What is wrong, for an operator. */
  readonly what: string
  /** The subject to inspect again, if it is not the id. */
  readonly subject?: string
}

/**
 * What must hold in the tables of one service, no matter which process was killed, cut off or overloaded. A service
 * exports a list named `invariants` from its `invariants.ts`. It only reads, and by index. Whatever compares services
 * belongs into `apps/server/check` instead.
 */
export interface Invariant {
  /** For example `parcel-has-sender`. The name never changes: reports and runbooks use it. */
  readonly name: string
  /** The invariant as a sentence. Leave it out for an invariant that `apps/server/check/finding.ts` lists. */
  readonly about?: string
  /**
   * The subjects are ids that ascend with time. A check of recent data then starts at the first id of its time instead
   * of undefined.
   */
  readonly byTime?: boolean
  /** The next subjects after `after` in ascending order; an empty page ends the scan. */
  page(db: Queryable, after: string | undefined): Promise<string[]>
  /** Those of the subjects for which the invariant does not hold. */
  inspect(db: Queryable, subjects: readonly string[]): Promise<Breach[]>
}
