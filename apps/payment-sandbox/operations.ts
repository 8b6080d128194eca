/** Movements of money on the provider's side: the state machine of a session, and one execution per key. */
import { newId } from '@doran/kernel'
import type { OperationRequest, OperationResult } from '@doran/payment/provider'
import type { Faults } from './faults.ts'
import { cardOfSession, type Session, type Store, snapshotOf } from './store.ts'

type Request = Omit<OperationRequest, 'sessionId'>

/**
 * Executes the operation, or returns the result of its first execution; `fresh` is true when it executed now.
 * Undefined when the key belongs to another operation.
 */
export function carryOut(
  store: Store,
  sessionId: string,
  request: Request,
  { webhooks: { delayMs: webhookDelayMs }, api: { forgetKeys } }: Faults,
): { result: OperationResult; fresh: boolean } | undefined {
  return store.atomically(() => {
    const known = store.findRequest(request.key)
    if (known && !forgetKeys) {
      const { kind, amount } = known
      // Databases of an earlier version have no kind and amount.
      const same = known.sessionId === sessionId && (!kind || (kind === request.kind && amount === request.amount))
      return same ? { result: known.result, fresh: false } : undefined
    }
    const session = store.find(sessionId) as Session
    const refusal = refusalOf(session, request)
    const after = refusal
      ? afterRefusal(store, session, request, refusal, webhookDelayMs)
      : // A repeated execution (`forgetKeys`) gets a ledger key of its own: ledger keys are unique.
        apply(store, session, known ? { ...request, key: `${request.key}#${newId()}` } : request, webhookDelayMs)
    const result: OperationResult = {
      outcome: refusal ? 'refused' : 'succeeded',
      ...refusal,
      snapshot: snapshotOf(after),
    }
    store.recordOperation(request, sessionId, result)
    return { result, fresh: true }
  })
}

interface Refusal {
  code: string
  message: string
}

function refusalOf(session: Session, { kind, amount }: Request): Refusal | undefined {
  const { status, captured, refunded } = session
  const wrongState = { code: 'wrong_state', message: `The payment is ${status}.` }
  switch (kind) {
    case 'authorise':
      return status === 'approved' ? cardOfSession(session)?.decline : wrongState
    case 'capture':
      return status === 'authorised' ? undefined : wrongState
    case 'void':
      return ['pending', 'approved', 'authorised'].includes(status) ? undefined : wrongState
    case 'refund':
      if (status !== 'captured') return wrongState
      return amount > captured - refunded
        ? { code: 'refund_too_large', message: 'More than what is left of the charge.' }
        : undefined
  }
}

/** A declined card fails the session. An operation in the wrong state changes nothing. */
function afterRefusal(
  store: Store,
  session: Session,
  { kind }: Request,
  refusal: Refusal,
  webhookDelayMs: number,
): Session {
  if (kind !== 'authorise' || session.status !== 'approved') return session
  const changes = { status: 'failed' as const, failureCode: refusal.code, failureMessage: refusal.message }
  return store.change(session.id, changes, 'session.failed', webhookDelayMs)
}

function apply(store: Store, session: Session, { kind, amount, key }: Request, webhookDelayMs: number): Session {
  switch (kind) {
    case 'authorise':
      store.move(session, 'authorise', session.amount, key)
      return store.change(session.id, { status: 'authorised' }, 'authorised', webhookDelayMs)
    case 'capture':
      store.move(session, 'capture', session.amount, key)
      return store.change(session.id, { status: 'captured', captured: session.amount }, 'captured', webhookDelayMs)
    case 'void':
      if (session.status === 'authorised') store.move(session, 'void', session.amount, key)
      return store.change(session.id, { status: 'voided' }, 'voided', webhookDelayMs)
    case 'refund':
      store.move(session, 'refund', amount, key)
      return store.change(session.id, { refunded: session.refunded + amount }, 'refunded', webhookDelayMs)
  }
}
