/** Compares orders with stock and money by the order's id, which all services share. */
import { pageReservations, type ReservationFacts, readReservations } from '@doran/inventory/invariants'
import { sql } from '@doran/kernel'
import * as orders from '@doran/order/invariants'
import { findKnownSessions, type PaymentFacts, pagePayments, readPayments } from '@doran/payment/invariants'
import type { CheckContext } from './context.ts'
import { judgeLedger, judgeMoney, type Money } from './money.ts'
import type { Accounts } from './provider-ledger.ts'
import { FIRST_ID, type Scan, type Suspect, suspectsOf } from './scan.ts'

const PAGE_SIZE = 1_000

export function orderScans(context: CheckContext): Scan[] {
  return [everyOrder(context), ...(context.ledger ? [ledger(context, context.ledger)] : [])]
}

/** Goes through every id that orders, payments or reservations have, so that it finds an id that the other two lost. */
function everyOrder(context: CheckContext): Scan {
  const order = context.database('order')
  const lists = [
    (after: string) => orders.pageOrders(order, after, PAGE_SIZE),
    (after: string) => pagePayments(context.database('payment'), after, PAGE_SIZE),
    (after: string) => pageReservations(context.database('inventory'), after, PAGE_SIZE),
  ]
  return {
    invariants: ['orders-whole', 'stock-follows-orders', 'captured-once', 'money-agrees', 'outbox-drained'],
    async page(after = context.from) {
      const pages: string[][] = []
      for (const list of lists) pages.push(await list(after))
      return merge(pages)
    },
    async inspect(ids) {
      const facts = await readFacts(context, ids)
      return [
        ...suspectsOf('orders-whole', await orders.findUnsound(order, ids)),
        ...facts.flatMap(judgeStock),
        ...facts.flatMap(judgeMoney),
        ...(await findUndeliveredApprovals(context, facts)),
      ]
    },
  }
}

/** Merges sorted pages, up to the id that every list has reached. */
function merge(lists: string[][]): string[] {
  const full = lists.filter(({ length }) => length === PAGE_SIZE)
  const [end] = full.map((list) => list.at(-1) as string).sort()
  const all = [...new Set(lists.flat())].sort()
  return end === undefined ? all : all.filter((id) => id <= end)
}

interface Facts extends Money {
  reservation: ReservationFacts | undefined
}

async function readFacts(context: CheckContext, ids: readonly string[]): Promise<Facts[]> {
  const known = await orders.readOrders(context.database('order'), ids)
  const payments = await readPayments(context.database('payment'), ids)
  const reservations = await readReservations(context.database('inventory'), ids)
  const accounts = await context.ledger?.accounts(ids)
  const busy = await orders.findPaymentsUnderWay(
    context.database('order'),
    payments.map(({ id }) => id),
  )
  const orderOf = new Map(known.map((order) => [order.id, order]))
  const paymentsOf = Map.groupBy(payments, ({ orderId }) => orderId)
  const reservationOf = new Map(reservations.map((reservation) => [reservation.orderId, reservation]))
  const sessionsOf = Map.groupBy(accounts?.sessions ?? [], ({ reference }) => reference)
  return ids.map((id) => {
    const own: PaymentFacts[] = paymentsOf.get(id) ?? []
    return {
      id,
      order: orderOf.get(id),
      payments: own,
      sessions: accounts && (sessionsOf.get(id) ?? []),
      underWay: Boolean(orderOf.get(id)?.underWay) || own.some((payment) => busy.has(payment.id)),
      reservation: reservationOf.get(id),
    }
  })
}

function judgeStock({ id, order, reservation, underWay }: Facts): Suspect[] {
  const state = reservation?.state ?? 'none'
  const found = (what: string): Suspect[] => [{ invariant: 'stock-follows-orders', id, what }]
  if (underWay) return []
  if (!order?.paid) {
    const about = order ? `is ${order.status}` : 'does not exist'
    // A reservation is held from the start of the payment until the payment is over.
    if (state === 'held' && (order?.status === 'awaiting_payment' || order?.status === 'processing')) return []
    return state === 'held' || state === 'committed' ? found(`the order ${about}, its reservation is ${state}`) : []
  }
  if (state !== 'committed') return found(`the order was paid, its reservation is ${state}`)
  const [wanted, taken] = [order.lines, reservation?.lines].map((lines) => JSON.stringify(lines))
  return wanted === taken ? [] : found(`ordered ${wanted}, reserved ${taken}`)
}

/** Finds approved payments that their order does not know about: their event was lost. */
async function findUndeliveredApprovals(context: CheckContext, facts: readonly Facts[]): Promise<Suspect[]> {
  const waiting = facts.flatMap(({ id, order, payments }) =>
    payments
      .filter(
        ({ id, approvedFor }) => approvedFor !== null && approvedFor > context.dueSeconds && id === order?.paymentId,
      )
      .filter(() => order?.status === 'awaiting_payment')
      .map((payment) => ({ id, payment })),
  )
  const told = waiting.length > 0 ? await findPendingApprovals(context) : new Set<string>()
  return waiting
    .filter(({ payment }) => !told.has(payment.id))
    .map(({ id, payment }) => ({
      invariant: 'outbox-drained',
      id,
      what: `payment ${payment.id} was approved ${payment.approvedFor} seconds ago, and the order has not heard of it`,
    }))
}

/** Finds approved payments whose event a task has yet to deliver; dead tasks count too. */
async function findPendingApprovals(context: CheckContext): Promise<Set<string>> {
  const found = await Promise.all(
    context.databases.map(({ db }) =>
      db.all<{ id: string }>(sql`
        select payload -> 'data' ->> 'paymentId' as id from doran.tasks
        where handler in ('order/on:payment.approved', 'relay/order/on:payment.approved')`),
    ),
  )
  return new Set(found.flat().map(({ id }) => id))
}

/** Checks the provider's ledger: it must balance, and our payments must know every session with money. */
function ledger(context: CheckContext, books: NonNullable<CheckContext['ledger']>): Scan {
  return {
    invariants: ['ledger-balanced', 'money-agrees'],
    page: (after) => books.references(after ?? (context.from === FIRST_ID ? undefined : context.from), PAGE_SIZE),
    async inspect(references) {
      const accounts = await books.accounts(references)
      return [...judgeLedger(accounts), ...(await findUnknown(context, accounts))]
    },
  }
}

/** Finds sessions that hold money and that none of our payments knows. */
async function findUnknown(context: CheckContext, { sessions }: Accounts): Promise<Suspect[]> {
  const kept = sessions.filter(({ captured, refunded }) => captured > refunded)
  const known = await findKnownSessions(
    context.database('payment'),
    'sandbox',
    kept.map(({ id }) => id),
  )
  return kept
    .filter(({ id }) => !known.has(id))
    .map(({ id, reference, captured, refunded }) => ({
      invariant: 'money-agrees',
      id: reference,
      subject: reference,
      what: `the provider keeps ${captured - refunded} in session ${id}, of which no payment knows`,
    }))
}
