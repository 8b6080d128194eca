/** Rules about money: how an order, its payments and the provider's ledger must agree. */
import type { OrderFacts } from '@doran/order/invariants'
import type { PaymentFacts } from '@doran/payment/invariants'
import type { Accounts, LedgerSum, ProviderSession } from './provider-ledger.ts'
import type { Suspect } from './scan.ts'

/** Everything known about the money of one order. */
export interface Money {
  id: string
  order: OrderFacts | undefined
  payments: readonly PaymentFacts[]
  /** Undefined when the provider cannot be asked. */
  sessions: readonly ProviderSession[] | undefined
  /** Money is moving, so the three may disagree for now. */
  underWay: boolean
}

/** Seconds for which the outcome of an operation may be unknown: the reconciliation runs every ten minutes. */
const MAX_UNSETTLED_SECONDS = 1_800

export function judgeMoney(money: Money): Suspect[] {
  const { underWay, payments } = money
  const moving =
    underWay || payments.some(({ unsettledFor }) => unsettledFor !== null && unsettledFor < MAX_UNSETTLED_SECONDS)
  return [...judgeDiscrepancies(money), ...(moving ? [] : [...judgeCaptures(money), ...judgeAmounts(money)])]
}

function judgeDiscrepancies({ id, payments }: Money): Suspect[] {
  return payments.flatMap(({ id: payment, discrepancies, unsettledFor }) => [
    ...discrepancies.map((what) =>
      broken('money-agrees', id, `the reconciliation found ${what} at payment ${payment}`),
    ),
    ...(unsettledFor !== null && unsettledFor >= MAX_UNSETTLED_SECONDS
      ? [broken('money-agrees', id, `an operation of payment ${payment} has had no end for ${unsettledFor} seconds`)]
      : []),
  ])
}

function judgeCaptures({ id, order, payments, sessions }: Money): Suspect[] {
  const allowed = order?.paid ? 1 : 0
  const books = [
    ['here', payments, payments.reduce((most, { captures }) => Math.max(most, captures), 0)],
    ['at the provider', sessions ?? [], 0],
  ] as const
  return books.flatMap(([where, accounts, mostOfOne]) => {
    const kept = accounts.filter(({ captured, refunded }) => captured > refunded).length
    if (kept <= allowed && mostOfOne <= 1) return []
    return broken('captured-once', id, `${Math.max(kept, mostOfOne)} captures ${where}; ${allowed} of them may be kept`)
  })
}

function judgeAmounts({ id, order, payments, sessions }: Money): Suspect[] {
  const kept = order?.kept ?? 0
  const here = sum(payments, keptBy)
  const provider = sessions && sum(sessions, keptBy)
  const found: Suspect[] = []
  if (here !== kept || (provider !== undefined && provider !== kept)) {
    const sides = `by the order ${kept}, by its payments ${here}, at the provider ${provider ?? 'unknown'}`
    found.push(broken('money-agrees', id, sides))
  }
  for (const payment of payments) {
    const { captured, refunded, capturedByOperations, refundedByOperations, sessionId } = payment
    if (captured !== capturedByOperations || refunded !== refundedByOperations) {
      const what = `payment ${payment.id}: captured ${captured}, refunded ${refunded}; by its operations ${capturedByOperations}, ${refundedByOperations}`
      found.push(broken('money-agrees', id, what))
    }
    if (
      sessions &&
      payment.provider === 'sandbox' &&
      sessionId &&
      !sessions.some((session) => session.id === sessionId)
    ) {
      found.push(broken('money-agrees', id, `the provider does not know session ${sessionId} of payment ${payment.id}`))
    }
  }
  return found
}

export function judgeLedger({ sessions, entries }: Accounts): Suspect[] {
  const entriesOf = Map.groupBy(entries, ({ sessionId }) => sessionId)
  const known = new Set(sessions.map(({ id }) => id))
  const strays = entries.filter(({ sessionId }) => !known.has(sessionId))
  return [
    ...sessions.flatMap((session) => judgeSession(session, entriesOf.get(session.id) ?? [])),
    ...strays.map(({ reference, sessionId }) =>
      broken('ledger-balanced', reference, `the ledger has entries of session ${sessionId}, which does not exist`),
    ),
  ]
}

function judgeSession(session: ProviderSession, entries: readonly LedgerSum[]): Suspect[] {
  const { id, reference, amount, status, captured, refunded } = session
  const of = (kind: LedgerSum['kind']) => entries.find((entry) => entry.kind === kind) ?? { count: 0, amount: 0 }
  const [authorise, capture, voided, refund] = [of('authorise'), of('capture'), of('void'), of('refund')]
  const open = status === 'authorised' ? amount : 0
  const mistakes = [
    authorise.amount !== capture.amount + voided.amount + open &&
      `authorised ${authorise.amount}, captured ${capture.amount}, given up ${voided.amount}, open ${open}`,
    (capture.amount !== captured || refund.amount !== refunded) &&
      `captured ${captured} and refunded ${refunded}, by the ledger ${capture.amount} and ${refund.amount}`,
    refunded > captured && `refunded ${refunded} of ${captured}`,
    Math.max(authorise.count, capture.count, voided.count) > 1 && 'the same was done twice',
    (status === 'captured') !== captured > 0 && `is ${status} with ${captured} captured`,
  ].filter((mistake) => mistake !== false)
  return mistakes.map((mistake) => broken('ledger-balanced', reference, `session ${id}: ${mistake}`))
}

const broken = (invariant: Suspect['invariant'], id: string, what: string): Suspect => ({ invariant, id, what })

const keptBy = ({ captured, refunded }: { captured: number; refunded: number }) => captured - refunded

function sum<T>(all: readonly T[], amountOf: (one: T) => number): number {
  return all.reduce((total, one) => total + amountOf(one), 0)
}
