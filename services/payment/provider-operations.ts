/**
 * Asking the provider to move money, so that it moves once. What is about to be asked for is committed under the
 * key that the provider is given; a repetition finds it and looks up what became of it before it asks again.
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
  /** Refuses what may not be begun, and says how much it is about; the payment is locked. */
  admit: (payment: PaymentRow, tx: Transaction) => Promise<number> | number
}

/** How an operation ended, and how the payment stands after it. */
export interface Performed {
  row: OperationRow
  payment: PaymentRow
}

/** Begins or continues the operation. Raises `provider_unavailable` while nobody knows how it ended. */
export async function perform(ctx: PaymentContext, operation: NewOperation): Promise<Performed> {
  const { row, payment, fresh } = await begin(ctx, operation)
  if (row.state !== 'started') return { row, payment }
  return settle(ctx, row, payment, fresh)
}

/** Finds out how a started operation ended, or sees to it that it does. */
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
    // Two statements, though one message: the second sees what was committed while the first waited for the lock.
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

/** Only the first to know the end writes it and tells of it; whoever comes later finds it done. */
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
    if (ended.kind === 'refund' && ended.state === 'succeeded') await tellOfRefund(tx, payment, ended)
    return { row: ended, payment }
  })
}

function tellOfRefund(tx: Transaction, payment: PaymentRow, { amount, refundId }: OperationRow): Promise<void> {
  const { id, orderId, currency, refunded } = payment
  return publish(tx, paymentRefunded, { paymentId: id, orderId, currency, amount, refunded, refundId })
}

function getOperation(db: Queryable, key: string): Promise<OperationRow> {
  return db.one<OperationRow>(sql`select ${columns} from payment.operations where key = ${key}`)
}

/** Operations of this kind whose end is not known. */
export function findStarted(db: Queryable, paymentId: string, kind: OperationRow['kind']): Promise<OperationRow[]> {
  return db.all<OperationRow>(sql`
    select ${columns} from payment.operations
    where payment_id = ${paymentId} and kind = ${kind} and state = 'started' order by created_at, key`)
}

/** Operations whose answer should have come long ago, the oldest first. */
export function findUnsettled(db: Queryable, limit: number): Promise<OperationRow[]> {
  return db.all<OperationRow>(sql`
    select ${columns} from payment.operations
    where state = 'started' and created_at < now() - interval '2 minutes' order by created_at limit ${limit}`)
}

/** Enters a refund that somebody made with the provider without asking us, so that it is told of once. */
export async function recordForeignRefund(tx: Transaction, payment: PaymentRow, amount: number): Promise<void> {
  const { id, sequence } = payment
  await tx.run(sql`
    insert into payment.operations (key, payment_id, kind, amount, reason, state, finished_at)
    values (${`${id}:foreign:${sequence}`}, ${id}, 'refund', ${amount}, 'made with the provider', 'succeeded', now())`)
  await tellOfRefund(tx, payment, await getOperation(tx, `${id}:foreign:${sequence}`))
}
