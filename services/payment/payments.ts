import { type Context, newId, publish, type Queryable, type Sql, sql, type Transaction } from '@doran/kernel'
import type { PaymentConfig } from './config.ts'
import { type Payment, type PaymentStatus, paymentApproved, paymentCaptured, paymentFailed } from './contract.ts'
import { paymentNotFound, webhookProviderUnknown } from './errors.ts'
import type { PaymentProvider, Snapshot } from './provider.ts'
import { sandboxProvider } from './providers/sandbox.ts'

export type PaymentContext = Pick<Context<unknown, PaymentConfig>, 'db' | 'config' | 'log'>

export interface PaymentRow extends Omit<Payment, 'paymentUrl'> {
  buyerId: string
  paymentUrl: string | null
  sessionId: string | null
  title: string
  returnUrl: string
  captured: number
  sequence: number
  cancelled: boolean
}

const columns = sql`id, order_id as "orderId", buyer_id as "buyerId", provider, session_id as "sessionId",
  payment_url as "paymentUrl", amount, currency, title, return_url as "returnUrl", status, captured, refunded, failure,
  sequence, cancelled, created_at as "createdAt", updated_at as "updatedAt"`

const providers: Record<string, (config: PaymentConfig) => PaymentProvider> = { sandbox: sandboxProvider }

/** The provider of this name. Raises `webhook_provider_unknown`. */
export function providerNamed(name: string, { config }: Pick<PaymentContext, 'config'>): PaymentProvider {
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined
  if (!provider) throw webhookProviderUnknown({ provider: name })
  return provider(config)
}

/** Enters a payment under the id that its caller chose; one that is there already is the answer. A tombstone cancels either. */
export function enterPayment(
  db: Queryable,
  payment: Pick<PaymentRow, 'id' | 'orderId' | 'buyerId' | 'provider' | 'amount' | 'currency' | 'title' | 'returnUrl'>,
): Promise<PaymentRow> {
  const { id, orderId, buyerId, provider, amount, currency, title, returnUrl } = payment
  // Taking the conflicting row by an update makes it visible to `returning`.
  return db.one<PaymentRow>(sql`
    insert into payment.payments (id, order_id, buyer_id, provider, amount, currency, title, return_url, cancelled)
    values (${id}, ${orderId}, ${buyerId}, ${provider}, ${amount}, ${currency}, ${title}, ${returnUrl},
      ${hasTombstone(id)})
    on conflict (id) do update set cancelled = payments.cancelled or excluded.cancelled
    returning ${columns}`)
}

/**
 * Notes where the provider lets the buyer pay. A tombstone counts here, too: one whose transaction the statement that
 * entered the payment did not see, and which may in turn not have seen the payment.
 */
export function enterPage(db: Queryable, id: string, page: { sessionId: string; url: string }): Promise<PaymentRow> {
  return db.one<PaymentRow>(sql`
    update payment.payments set session_id = ${page.sessionId}, payment_url = ${page.url},
      cancelled = cancelled or ${hasTombstone(id)}
    where id = ${id} returning ${columns}`)
}

/** From here on no payment is opened under this id. */
export async function insertTombstone(db: Queryable, id: string): Promise<void> {
  await db.run(sql`insert into payment.tombstones (payment_id) values (${id}) on conflict do nothing`)
}

function hasTombstone(id: string): Sql {
  return sql`exists (select from payment.tombstones where payment_id = ${id})`
}

export async function findPayment(db: Queryable, id: string): Promise<PaymentRow | undefined> {
  return db.first<PaymentRow>(sql`select ${columns} from payment.payments where id = ${id}`)
}

export async function getPaymentRow(db: Queryable, id: string): Promise<PaymentRow> {
  const payment = await findPayment(db, id)
  if (!payment) throw paymentNotFound()
  return payment
}

/** Held until the transaction ends. Never call a provider meanwhile. */
export async function lockPayment(tx: Transaction, id: string): Promise<PaymentRow> {
  const payment = await tx.first<PaymentRow>(sql`select ${columns} from payment.payments where id = ${id} for update`)
  if (!payment) throw paymentNotFound()
  return payment
}

/** What the contract shows of a payment. */
export function present(payment: PaymentRow): Payment {
  const { id, orderId, provider, amount, currency, refunded, status, failure, createdAt, updatedAt } = payment
  const paymentUrl = payment.paymentUrl ?? ''
  return { id, orderId, provider, amount, currency, refunded, status, failure, paymentUrl, createdAt, updatedAt }
}

/**
 * Follows the provider: takes over what is newer, with the events that tell of it, and leaves the rest alone. So
 * answers, webhooks and look-ups may come twice and in any order.
 */
export async function follow(tx: Transaction, id: string, seen: Snapshot): Promise<PaymentRow> {
  const before = await lockPayment(tx, id)
  if (seen.sequence <= before.sequence) return before
  const after = await tx.one<PaymentRow>(sql`
    update payment.payments set
      status = ${statusOf(seen)}, captured = ${seen.captured}, refunded = ${seen.refunded},
      failure = ${seen.failure && sql.json(seen.failure)}, sequence = ${seen.sequence}, updated_at = now()
    where id = ${id} returning ${columns}`)
  await tell(tx, before, after)
  return after
}

function statusOf({ status, captured, refunded }: Snapshot): PaymentStatus {
  if (status !== 'captured' || refunded === 0) return status
  return refunded < captured ? 'partially_refunded' : 'refunded'
}

/** Steps may have been missed in between; each is told all the same. Refunds are told of by their operations. */
async function tell(tx: Transaction, before: PaymentRow, after: PaymentRow): Promise<void> {
  const { id, orderId, amount, currency } = after
  const about = { paymentId: id, orderId, amount, currency }
  if (before.status === 'pending' && after.status === 'approved') await publish(tx, paymentApproved, about)
  if (after.failure && !before.failure) await publish(tx, paymentFailed, { ...about, failure: after.failure })
  if (after.captured > before.captured) await publish(tx, paymentCaptured, about)
}

/** Remembered once for each payment and kind, for a person to look at. */
export async function reportDiscrepancy(
  db: Queryable,
  { log }: Pick<PaymentContext, 'log'>,
  paymentId: string,
  what: string,
  details: object,
): Promise<void> {
  const fresh = await db.run(sql`
    insert into payment.discrepancies (id, payment_id, what, details)
    values (${newId()}, ${paymentId}, ${what}, ${sql.json(details)}) on conflict do nothing`)
  if (fresh > 0) log.error({ payment: paymentId, what, details }, 'the payment provider and we do not agree')
}
