/**
 * Asking the provider to move money, so that it moves once. What is about to be asked for is committed under the
 * key that the provider is given; a repetition finds it and looks up what became of it before it asks again.
 */
import { sql, type Transaction } from '@doran/kernel'
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
    const known = fresh ? undefined : await provider.find(key)
    const result = known ?? (await provider.perform({ sessionId: payment.sessionId as string, kind, key, amount }))
    return await finish(ctx, row, result)
  } catch (error) {
    if (!(error instanceof ProviderSilentError)) throw error
    ctx.log.warn({ err: error, payment: payment.id, key }, 'the payment provider did not answer')
    throw providerUnavailable()
  }
}

function begin(ctx: PaymentContext, operation: NewOperation) {
  const { paymentId, kind, key, reason = '', refundId = null, admit } = operation
  return ctx.db.transaction(async (tx) => {
    const payment = await lockPayment(tx, paymentId)
    const known = await tx.first<OperationRow>(sql`select ${columns} from payment.operations where key = ${key}`)
    if (known) return { row: known, payment, fresh: false }
    const amount = await admit(payment, tx)
    const row = await tx.one<OperationRow>(sql`
      insert into payment.operations (key, payment_id, kind, amount, reason, refund_id)
      values (${key}, ${paymentId}, ${kind}, ${amount}, ${reason}, ${refundId})
      returning ${columns}`)
    return { row, payment, fresh: true }
  })
}

function finish(
  ctx: PaymentContext,
  { key, paymentId, refundId }: OperationRow,
  result: OperationResult,
): Promise<Performed> {
  return ctx.db.transaction(async (tx) => {
    const payment = await follow(tx, paymentId, result.snapshot, refundId ?? undefined)
    const row = await tx.one<OperationRow>(sql`
      update payment.operations set
        state = ${result.outcome}, code = ${result.code ?? null}, message = ${result.message ?? null},
        finished_at = coalesce(finished_at, now())
      where key = ${key} returning ${columns}`)
    return { row, payment }
  })
}
