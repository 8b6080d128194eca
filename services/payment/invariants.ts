/** The facts from which `doran check` verifies payments. Reads only, and by index, so it can run on a live shop. */
import { type Queryable, sql } from '@doran/kernel'

export interface PaymentFacts {
  id: string
  orderId: string
  provider: string
  sessionId: string | null
  captured: number
  refunded: number
  /** The same sums, over our successful operations. */
  capturedByOperations: number
  refundedByOperations: number
  /** The number of our successful captures. */
  captures: number
  /** Seconds since the oldest operation with an unknown outcome began. */
  unsettledFor: number | null
  /** Seconds since the buyer agreed on the payment page; null in every status but `approved`. */
  approvedFor: number | null
  discrepancies: string[]
}

/** Ids of orders with a payment, in ascending order. */
export async function pagePayments(db: Queryable, after: string, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    select distinct order_id as id from payment.payments where order_id > ${after} order by order_id limit ${limit}`)
  return rows.map(({ id }) => id)
}

export function readPayments(db: Queryable, orderIds: readonly string[]): Promise<PaymentFacts[]> {
  return db.all<PaymentFacts>(sql`
    select p.id, p.order_id as "orderId", p.provider, p.session_id as "sessionId", p.captured, p.refunded,
           o.captured as "capturedByOperations", o.refunded as "refundedByOperations", o.captures,
           o.unsettled as "unsettledFor",
           case when p.status = 'approved' then extract(epoch from now() - p.updated_at)::integer end as "approvedFor",
           array(select d.what from payment.discrepancies d where d.payment_id = p.id) as discrepancies
    from payment.payments p, lateral (
      select coalesce(sum(amount) filter (where kind = 'capture' and state = 'succeeded'), 0)::bigint as captured,
             coalesce(sum(amount) filter (where kind = 'refund' and state = 'succeeded'), 0)::bigint as refunded,
             count(*) filter (where kind = 'capture' and state = 'succeeded') as captures,
             extract(epoch from now() - min(created_at) filter (where state = 'started'))::integer as unsettled
      from payment.operations where payment_id = p.id
    ) o
    where p.order_id = any(${orderIds}::uuid[])`)
}

/** Those of the provider's sessions that belong to a payment. */
export async function findKnownSessions(
  db: Queryable,
  provider: string,
  sessionIds: readonly string[],
): Promise<Set<string>> {
  const rows = await db.all<{ id: string }>(sql`
    select session_id as id from payment.payments
    where provider = ${provider} and session_id = any(${sessionIds}::text[])`)
  return new Set(rows.map(({ id }) => id))
}
