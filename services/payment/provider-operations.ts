/**
 * Calls to the provider that move money, each of which moves it once. The operation is committed under the provider's
 * idempotency key before the call; a repetition finds it and looks up its outcome before it calls the provider again.
 */

import { publish, type Queryable, sql, type Transaction } from '@doran/kernel'
import { crashPoint, holds } from '@doran/kernel/faults'
import { paymentRefunded } from './contract.ts'
import { providerUnavailable } from './errors.ts'
import { follow, lockPayment, type PaymentContext, type PaymentRow, providerNamed } from './payments.ts'
import { type OperationRequest, type OperationResult, ProviderSilentError } from './provider.ts'

export interface OperationRow {
  key: string
  paymentId: string
  kind: OperationRequest['kind']
  amount: number
  reason: string
  refundId: string | null
  state: 'started' | 'succeeded' | 'refused'
  code: string | null
  message: string | null
  createdAt: string
}

const columns = sql`key, payment_id as "paymentId", kind, amount, reason, refund_id as "refundId", state, code, message,
  created_at as "createdAt"`

export interface NewOperation {
  paymentId: string
  kind: OperationRequest['kind']
  key: string
  reason?: string
  refundId?: string
  /** Returns the amount, or throws when the operation may not begin. Runs while the payment is locked. */
  admit: (payment: PaymentRow, tx: Transaction) => Promise<number> | number
}

/** The outcome of an operation, and the payment after it. */
export interface Performed {
  row: OperationRow
  payment: PaymentRow
}

/** Begins or continues the operation. Raises `provider_unavailable` while its outcome is unknown. */
export async function perform(ctx: PaymentContext, operation: NewOperation): Promise<Performed> {
  const { row, payment, fresh } = await begin(ctx, operation)
  if (row.state !== 'started') return { row, payment }
  return settle(ctx, row, payment, fresh)
}

/**
 * Completes a started operation: looks up its outcome and calls the provider if there is none. A fresh operation is new
 * to the provider and skips the look-up. Raises `provider_unavailable` while the outcome is unknown.
 */
export async function settle(
  ctx: PaymentContext,
  row: OperationRow,
  payment: PaymentRow,
  fresh: boolean,
): Promise<Performed> {
  const provider = providerNamed(payment.provider, ctx)
  const { key, kind, amount } = row
  try {
    crashPoint('payment.after-begin-before-provider')
    const known = fresh || !holds('provider-look-up') ? undefined : await provider.find(key)
    const result = known ?? (await provider.perform({ sessionId: payment.sessionId as string, kind, key, amount }))
    crashPoint('payment.after-provider-before-commit')
    const performed = await finish(ctx, row, result)
    crashPoint('payment.after-commit')
    return performed
  } catch (error) {
    if (!(error instanceof ProviderSilentError)) throw error
    ctx.log.warn({ err: error, payment: payment.id, key }, 'the payment provider did not answer')
    throw providerUnavailable()
  }
}

function begin(ctx: PaymentContext, operation: NewOperation) {
  const { paymentId, kind, key, reason = '', refundId = null, admit } = operation
  return ctx.db.transaction(async (tx) => {
    // Two statements in one message: the second sees rows that were committed while the first waited for the lock.
    const [payment, known] = await Promise.all([
      lockPayment(tx, paymentId),
      tx.first<OperationRow>(sql`select ${columns} from payment.operations where key = ${key}`),
    ])
    if (known) return { row: known, payment, fresh: false }
    const amount = await admit(payment, tx)
    const row = await tx.one<OperationRow>(sql`
      insert into payment.operations (key, payment_id, kind, amount, reason, refund_id)
      values (${key}, ${paymentId}, ${kind}, ${amount}, ${reason}, ${refundId})
      returning ${columns}`)
    return { row, payment, fresh: true }
  })
}

/** Only the first caller that learns the outcome stores and publishes it; later callers find it stored. */
function finish(ctx: PaymentContext, { key, paymentId }: OperationRow, result: OperationResult): Promise<Performed> {
  return ctx.db.transaction(async (tx) => {
    const [payment, ended] = await Promise.all([
      follow(tx, paymentId, result.snapshot),
      tx.first<OperationRow>(sql`
        update payment.operations set
          state = ${result.outcome}, code = ${result.code ?? null}, message = ${result.message ?? null},
          finished_at = now()
        where key = ${key} and state = 'started' returning ${columns}`),
    ])
    if (!ended) return { row: await getOperation(tx, key), payment }
    if (ended.kind === 'refund' && ended.state === 'succeeded') await publishRefund(tx, payment, ended)
    return { row: ended, payment }
  })
}

function publishRefund(tx: Transaction, payment: PaymentRow, { amount, refundId }: OperationRow): Promise<void> {
  const { id, orderId, currency, refunded } = payment
  return publish(tx, paymentRefunded, { paymentId: id, orderId, currency, amount, refunded, refundId })
}

function getOperation(db: Queryable, key: string): Promise<OperationRow> {
  return db.one<OperationRow>(sql`select ${columns} from payment.operations where key = ${key}`)
}

/** Operations of this kind whose outcome is unknown. */
export function findStarted(db: Queryable, paymentId: string, kind: OperationRow['kind']): Promise<OperationRow[]> {
  return db.all<OperationRow>(sql`
    select ${columns} from payment.operations
    where payment_id = ${paymentId} and kind = ${kind} and state = 'started' order by created_at, key`)
}

/** Operations whose answer is overdue, the oldest first. */
export function findUnsettled(db: Queryable, limit: number): Promise<OperationRow[]> {
  return db.all<OperationRow>(sql`
    select ${columns} from payment.operations
    where state = 'started' and created_at < now() - interval '2 minutes' order by created_at limit ${limit}`)
}

/** Records a refund that somebody made directly with the provider, so that it is published once. */
export async function recordForeignRefund(tx: Transaction, payment: PaymentRow, amount: number): Promise<void> {
  const { id, sequence } = payment
  await tx.run(sql`
    insert into payment.operations (key, payment_id, kind, amount, reason, state, finished_at)
    values (${`${id}:foreign:${sequence}`}, ${id}, 'refund', ${amount}, 'made with the provider', 'succeeded', now())`)
  await publishRefund(tx, payment, await getOperation(tx, `${id}:foreign:${sequence}`))
}
