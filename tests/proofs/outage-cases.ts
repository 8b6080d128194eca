/** Which services a saga needs at which step, and how an order is to end when one of them is away just then. */
import type { OutageKind } from '@doran/kernel/testing'

/** How an order can end so that money and stock agree. */
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
  /** Whether the step is done or taken back when the outage begins. */
  readonly way: 'act' | 'undo'
  /** Who is away: a service, the payment provider, or the order service's own database. */
  readonly away: 'payment' | 'inventory' | 'provider' | 'database'
  /** The operation whose call begins the outage; of the database: what its history refuses to enter. */
  readonly at: string
  readonly kind: OutageKind
  /** What turns the saga round: `commit`: the hold runs out and the goods are sold to somebody else while the money is taken. */
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

/** Of an order that costs nothing, so no payment and no provider is asked. */
const freeCheckout = (...about: Parameters<typeof checkout>): Omit<OutageCase, 'kind'> => ({
  ...checkout(...about),
  saga: 'free-checkout',
})

/** The money of parts that are called off goes back at this step; `ending` is what a refusal of it leaves. */
const refunding = (saga: 'cancellation' | 'held-cancellation', step: string, ending: Ending): OutageCase[] => [
  ...(['payment', 'provider'] as const).flatMap((away) =>
    both({ saga, step, way: 'act', away, at: 'refund', ending: 'cancelled' }),
  ),
  ...refusing({ saga, step, way: 'undo', away: 'database', at: 'cancel_failed', refusal: 'refund', ending }),
]

/** How parts are called off once their money is on its way, or none was paid. */
const takingBack = (saga: 'cancellation' | 'free-cancellation' | 'held-cancellation'): OutageCase[] => [
  ...both({ saga, step: 'restock', way: 'act', away: 'inventory', at: 'restock', ending: 'cancelled' }),
  ...refusing({ saga, step: 'cancel-parts', way: 'act', away: 'database', at: 'cancelled', ending: 'cancelled' }),
]

const authorised = checkout('authorise-payment', 'provider', 'authorise', 'open')

export const OUTAGE_CASES: readonly OutageCase[] = [
  ...both(checkout('authorise-payment', 'payment', 'authorise', 'open')),
  { ...authorised, kind: 'refuses' },
  // What the provider has done is found by looking it up, so nothing has to be given up.
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

/** `checkout/commit-stock`, and how it is met. */
export function nameOf({ saga, step, way, away, kind, refusal }: OutageCase): string {
  const turned = refusal ? ` after a refused ${refusal}` : ''
  return `${saga}/${step}${way === 'undo' ? ', taken back' : ''}${turned}: ${away} ${kind}`
}
