/** The services that each step of a saga needs, and how an order must end if one of them is away during that step. */
import type { OutageKind } from '@doran/kernel/testing'

/** The ways in which an order can end with money and stock in agreement. */
export type Ending =
  /** Paid, and the goods are taken. */
  | 'paid'
  /** No money is taken or held; the buyer may pay again. */
  | 'open'
  /** All money is back, and all goods. */
  | 'cancelled'
  /** Paid, but some of the money was given back past Doran, and somebody has to decide. */
  | 'held'

export interface OutageCase {
  readonly saga:
    | 'checkout'
    | 'free-checkout'
    | 'cancellation'
    | 'free-cancellation'
    | 'held-cancellation'
    | 'close-payment'
    | 'release-stock'
  readonly step: string
  /** Whether the step acts or is undone when the outage begins. */
  readonly way: 'act' | 'undo'
  /** What is away: a service, the payment provider, or the order service's own database. */
  readonly away: 'payment' | 'inventory' | 'provider' | 'database'
  /** The operation whose call begins the outage; for the database, the history entry that it refuses. */
  readonly at: string
  readonly kind: OutageKind
  /**
   * The refusal that makes the saga compensate. `commit`: the reservation expires, and the goods are sold to somebody
   * else while the money is captured.
   */
  readonly refusal?: 'reserve' | 'commit' | 'refund'
  readonly ending: Ending
}

const both = (one: Omit<OutageCase, 'kind'>): OutageCase[] => [
  { ...one, kind: 'refuses' },
  { ...one, kind: 'loses answers' },
]
const refusing = (one: Omit<OutageCase, 'kind'>): OutageCase[] => [{ ...one, kind: 'refuses' }]

const checkout = (
  step: string,
  away: OutageCase['away'],
  at: string,
  ending: Ending,
  refusal?: OutageCase['refusal'],
): Omit<OutageCase, 'kind'> => ({
  saga: 'checkout',
  step,
  way: refusal ? 'undo' : 'act',
  away,
  at,
  ending,
  ...(refusal && { refusal }),
})

/** An order that costs nothing needs no payment and no provider. */
const freeCheckout = (...about: Parameters<typeof checkout>): Omit<OutageCase, 'kind'> => ({
  ...checkout(...about),
  saga: 'free-checkout',
})

/** The refund of cancelled parts happens at this step; `ending` is how the order ends if the refund is refused. */
const refunding = (saga: 'cancellation' | 'held-cancellation', step: string, ending: Ending): OutageCase[] => [
  ...(['payment', 'provider'] as const).flatMap((away) =>
    both({ saga, step, way: 'act', away, at: 'refund', ending: 'cancelled' }),
  ),
  ...refusing({ saga, step, way: 'undo', away: 'database', at: 'cancel_failed', refusal: 'refund', ending }),
]

/** The steps that cancel parts once their refund is under way, or if nothing was paid. */
const takingBack = (saga: 'cancellation' | 'free-cancellation' | 'held-cancellation'): OutageCase[] => [
  ...both({ saga, step: 'restock', way: 'act', away: 'inventory', at: 'restock', ending: 'cancelled' }),
  ...refusing({ saga, step: 'cancel-parts', way: 'act', away: 'database', at: 'cancelled', ending: 'cancelled' }),
]

const authorised = checkout('authorise-payment', 'provider', 'authorise', 'open')

export const OUTAGE_CASES: readonly OutageCase[] = [
  ...both(checkout('authorise-payment', 'payment', 'authorise', 'open')),
  { ...authorised, kind: 'refuses' },
  // Doran looks up what the provider has done, so nothing has to be given up.
  { ...authorised, kind: 'loses answers', ending: 'paid' },
  ...both(checkout('reserve-stock', 'inventory', 'reserve', 'cancelled')),
  ...both(checkout('capture-payment', 'payment', 'capture', 'paid')),
  ...both(checkout('capture-payment', 'provider', 'capture', 'paid')),
  ...both(checkout('commit-stock', 'inventory', 'commit', 'paid')),
  ...refusing(checkout('confirm-order', 'database', 'paid', 'paid')),
  ...(['reserve', 'commit'] as const).flatMap((refusal) => [
    ...both(checkout('reserve-stock', 'inventory', 'release', 'cancelled', refusal)),
    ...both(checkout('authorise-payment', 'payment', 'cancelPayment', 'cancelled', refusal)),
    ...both(checkout('authorise-payment', 'provider', 'cancelPayment', 'cancelled', refusal)),
    ...refusing(checkout('authorise-payment', 'database', 'cancelled', 'cancelled', refusal)),
  ]),
  ...refunding('cancellation', 'refund-payment', 'paid'),
  ...takingBack('cancellation'),
  ...both(freeCheckout('reserve-stock', 'inventory', 'reserve', 'cancelled')),
  ...both(freeCheckout('commit-stock', 'inventory', 'commit', 'paid')),
  ...refusing(freeCheckout('confirm-order', 'database', 'paid', 'paid')),
  ...(['reserve', 'commit'] as const).flatMap((refusal) => [
    ...both(freeCheckout('reserve-stock', 'inventory', 'release', 'cancelled', refusal)),
    ...refusing(freeCheckout('reserve-stock', 'database', 'cancelled', 'cancelled', refusal)),
  ]),
  ...takingBack('free-cancellation'),
  ...refunding('held-cancellation', 'refund-rest', 'held'),
  ...takingBack('held-cancellation'),
  ...both({
    saga: 'release-stock',
    step: 'release-stock',
    way: 'act',
    away: 'inventory',
    at: 'release',
    ending: 'cancelled',
  }),
  ...(['payment', 'provider'] as const).flatMap((away) =>
    both({
      saga: 'close-payment',
      step: 'cancel-payment',
      way: 'act',
      away,
      at: 'cancelPayment',
      ending: 'cancelled',
    }),
  ),
]

/** Returns a name like `checkout/commit-stock: inventory refuses`. */
export function nameOf({ saga, step, way, away, kind, refusal }: OutageCase): string {
  const turned = refusal ? ` after a refused ${refusal}` : ''
  return `${saga}/${step}${way === 'undo' ? ', taken back' : ''}${turned}: ${away} ${kind}`
}
