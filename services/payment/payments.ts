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

/** Finds a provider by its name. Raises `webhook_provider_unknown`. */
export function providerNamed(name: string, { config }: Pick<PaymentContext, 'config'>): PaymentProvider {
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined
  if (!provider) throw webhookProviderUnknown({ provider: name })
  return provider(config)
}

/**
 * Inserts a payment under the id that the caller chose, or returns the existing one. A tombstone cancels it either way.
 */
export function enterPayment(
  db: Queryable,
  payment: Pick<PaymentRow, 'id' | 'orderId' | 'buyerId' | 'provider' | 'amount' | 'currency' | 'title' | 'returnUrl'>,
): Promise<PaymentRow> {
  const { id, orderId, buyerId, provider, amount, currency, title, returnUrl } = payment
  // `do update` instead of `do nothing`, because `returning` returns only rows that the statement has written.
  return db.one<PaymentRow>(sql`
    insert into payment.payments (id, order_id, buyer_id, provider, amount, currency, title, return_url, cancelled)
    values (${id}, ${orderId}, ${buyerId}, ${provider}, ${amount}, ${currency}, ${title}, ${returnUrl},
      ${hasTombstone(id)})
    on conflict (id) do update set cancelled = payments.cancelled or excluded.cancelled
    returning ${columns}`)
}

/**
 * Stores the payment page. Checks for a tombstone again: the statement that inserted the payment and the transaction
 * that wrote the tombstone may have run concurrently, so that neither saw the other.
 */
export function enterPage(db: Queryable, id: string, page: { sessionId: string; url: string }): Promise<PaymentRow> {
  return db.one<PaymentRow>(sql`
    update payment.payments set session_id = ${page.sessionId}, payment_url = ${page.url},
      cancelled = cancelled or ${hasTombstone(id)}
    where id = ${id} returning ${columns}`)
}

/** From here on no payment can be opened under this id. */
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

/**
 * Locks the payment until the transaction ends. Never call a provider while holding the lock. Raises
 * `payment_not_found`.
 */
export async function lockPayment(tx: Transaction, id: string): Promise<PaymentRow> {
  const payment = await tx.first<PaymentRow>(sql`select ${columns} from payment.payments where id = ${id} for update`)
  if (!payment) throw paymentNotFound()
  return payment
}

/** The payment as the contract shows it. */
export function present(payment: PaymentRow): Payment {
  const { id, orderId, provider, amount, currency, refunded, status, failure, createdAt, updatedAt } = payment
  const paymentUrl = payment.paymentUrl ?? ''
  return { id, orderId, provider, amount, currency, refunded, status, failure, paymentUrl, createdAt, updatedAt }
}

/**
 * Adopts the provider's state if it is newer, with the events of the change, and ignores it otherwise. Answers,
 * webhooks and look-ups may therefore arrive twice and in any order.
 */
export async function follow(tx: Transaction, id: string, seen: Snapshot): Promise<PaymentRow> {
  const before = await lockPayment(tx, id)
  if (seen.sequence <= before.sequence) return before
  const after = await tx.one<PaymentRow>(sql`
    update payment.payments set
      status = ${statusOf(seen)}, captured = ${seen.captured}, refunded = ${seen.refunded},
      failure = ${seen.failure && sql.json(seen.failure)}, sequence = ${seen.sequence}, updated_at = now()
    where id = ${id} returning ${columns}`)
  await publishChanges(tx, before, after)
  return after
}

function statusOf({ status, captured, refunded }: Snapshot): PaymentStatus {
  if (status !== 'captured' || refunded === 0) return status
  return refunded < captured ? 'partially_refunded' : 'refunded'
}

/** Publishes each step, even when a snapshot skips some. The operations of refunds publish `payment.refunded`. */
async function publishChanges(tx: Transaction, before: PaymentRow, after: PaymentRow): Promise<void> {
  const { id, orderId, amount, currency } = after
  const about = { paymentId: id, orderId, amount, currency }
  if (before.status === 'pending' && after.status === 'approved') await publish(tx, paymentApproved, about)
  if (after.failure && !before.failure) await publish(tx, paymentFailed, { ...about, failure: after.failure })
  if (after.captured > before.captured) await publish(tx, paymentCaptured, about)
}

/** Stores a discrepancy for an administrator to examine, once for each payment and kind. */
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
