/**
 * What must hold no matter which process was killed, cut off or overloaded. The names never change: reports and
 * runbooks use them.
 */
export const INVARIANTS = {
  'stock-conserved':
    'the stock of each SKU is the sum of its movements, whose versions have no gap; nothing was ever negative, and what is reserved is what reservations hold',
  'stock-follows-orders':
    'the lines of a paid order have left the stock once, an order that is not paid holds nothing, and what was cancelled came back once',
  'captured-once':
    'at most one capture of an order is kept, at the provider and here, and none of an order that is not paid',
  'money-agrees': 'captured less refunded is the same at the provider, in the payments and by the order',
  'ledger-balanced': "the entries of the provider's ledger add up to what its sessions say",
  'orders-whole':
    'an order has its parts, lines and total, one cart, one entry and one event for its payment, and states that agree',
  'sagas-ended': 'no saga is unfinished beyond its time or without a task, and no task belongs to one that has ended',
  'outbox-drained': 'no task is due for long, and every event has those who must be told of it',
  'events-handled-once': 'an event from another database has arrived, and was handled once',
  'audit-chained': 'no entry of the audit log was changed or removed after it had been written',
  'community-whole': 'kept counts are what they count, and nothing is left of an article or a member that is gone',
  'sold-counted': 'no unit that was paid for is missing in the number that was sold of a product',
} as const

export type KnownInvariant = keyof typeof INVARIANTS

export interface Finding {
  /** A {@link KnownInvariant}, or the name of a service's own invariant. */
  readonly invariant: string
  /** The invariant as a sentence. */
  readonly about: string
  /** `reason` says why the state is `not looked at`. */
  readonly state: 'holds' | 'broken' | 'not looked at'
  readonly reason?: string
  /** Number of orders, SKUs, tasks and so on that were inspected. */
  readonly looked: number
  /** What was broken at every inspection; at most {@link MAX_SHOWN}. */
  readonly offending: readonly Offence[]
  /** Number of offences; a lower bound if `atLeast` is set because a scan found too many and stopped. */
  readonly offendingCount: number
  readonly atLeast: boolean
  /**
   * What waits for an operator after its last attempt. It is not lost and breaks no invariant, but somebody has to
   * decide.
   */
  readonly parked: readonly Offence[]
  readonly parkedCount: number
}

export interface Offence {
  /** Id of the order, SKU, task, saga, event, article or member. */
  readonly id: string
  readonly what: string
}

/** Maximum number of offences that a finding shows. */
export const MAX_SHOWN = 20
