/** The provider's side of moving money: what may follow what, once for each key. */
import { newId } from '@doran/kernel'
import type { OperationRequest, OperationResult } from '@doran/payment/provider'
import type { Faults } from './faults.ts'
import { cardOfSession, type Session, type Store, snapshotOf } from './store.ts'

type Request = Omit<OperationRequest, 'sessionId'>

/**
 * Carries the operation out, or answers what came of it the first time; `fresh` tells which. Undefined when the key
 * stands for something else.
 */
export function carryOut(
  store: Store,
  sessionId: string,
  request: Request,
  { webhooks: { delayMs: webhookDelay }, api: { forgetKeys } }: Faults,
): { result: OperationResult; fresh: boolean } | undefined {
  return store.atomically(() => {
    const known = store.findRequest(request.key)
    if (known && !forgetKeys) {
      const { kind, amount } = known
      // Storage of an earlier version did not keep what was asked for.
      const same = known.sessionId === sessionId && (!kind || (kind === request.kind && amount === request.amount))
      return same ? { result: known.result, fresh: false } : undefined
    }
    const session = store.find(sessionId) as Session
    const refusal = refusalOf(session, request)
    const after = refusal
      ? afterRefusal(store, session, request, refusal, webhookDelay)
      : // The ledger has one entry for each movement, whatever its key.
        apply(store, session, known ? { ...request, key: `${request.key}#${newId()}` } : request, webhookDelay)
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

/** A declined card ends the session; what came at the wrong time changes nothing. */
function afterRefusal(
  store: Store,
  session: Session,
  { kind }: Request,
  refusal: Refusal,
  webhookDelay: number,
): Session {
  if (kind !== 'authorise' || session.status !== 'approved') return session
  const changes = { status: 'failed' as const, failureCode: refusal.code, failureMessage: refusal.message }
  return store.change(session.id, changes, 'session.failed', webhookDelay)
}

function apply(store: Store, session: Session, { kind, amount, key }: Request, webhookDelay: number): Session {
  switch (kind) {
    case 'authorise':
      store.move(session, 'authorise', session.amount, key)
      return store.change(session.id, { status: 'authorised' }, 'authorised', webhookDelay)
    case 'capture':
      store.move(session, 'capture', session.amount, key)
      return store.change(session.id, { status: 'captured', captured: session.amount }, 'captured', webhookDelay)
    case 'void':
      if (session.status === 'authorised') store.move(session, 'void', session.amount, key)
      return store.change(session.id, { status: 'voided' }, 'voided', webhookDelay)
    case 'refund':
      store.move(session, 'refund', amount, key)
      return store.change(session.id, { refunded: session.refunded + amount }, 'refunded', webhookDelay)
  }
}
