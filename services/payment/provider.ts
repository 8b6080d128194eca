/** What Doran asks of a payment provider. A new provider is one implementation of this, in `providers/`. */

import { Amount, type Static, Type } from '@doran/kernel/contract'

export interface PaymentProvider {
  readonly name: string
  /** Opens a payment page. The same key again answers the same session. */
  open(request: OpenRequest): Promise<{ sessionId: string; url: string }>
  /** Asks for a movement of money. The same key again answers the same and moves nothing more. */
  perform(request: OperationRequest): Promise<OperationResult>
  /** What happened under a key; undefined when the provider has never seen it. */
  find(key: string): Promise<OperationResult | undefined>
  /** The session as it is now; undefined when the provider knows of none. */
  look(sessionId: string): Promise<Snapshot | undefined>
  /**
   * Checks a webhook's signature and age, and then its form: a signature says who has written something, not that it can
   * be read. Undefined for a kind that we do not follow; the provider is told that it has arrived. Throws
   * `webhook_signature_invalid`, `webhook_stale` or `webhook_unreadable`.
   */
  readWebhook(body: string, signature: string): Snapshot | undefined
}

export interface OpenRequest {
  key: string
  reference: string
  /** Minor units. */
  amount: number
  currency: string
  title: string
  returnUrl: string
}

export interface OperationRequest {
  sessionId: string
  kind: 'authorise' | 'capture' | 'void' | 'refund'
  key: string
  /** Minor units; the whole payment except for refunds. */
  amount: number
}

/** A session as the provider has it. Of two, the one with the higher sequence is the newer. */
export const Snapshot = Type.Object({
  sessionId: Type.String({ minLength: 1, maxLength: 300 }),
  status: Type.Enum(['pending', 'approved', 'authorised', 'captured', 'voided', 'failed']),
  captured: Amount,
  refunded: Amount,
  sequence: Type.Integer({ minimum: 0 }),
  failure: Type.Union([Type.Object({ code: Type.String(), message: Type.String() }), Type.Null()]),
})
export type Snapshot = Static<typeof Snapshot>

export const OperationResult = Type.Object({
  outcome: Type.Enum(['succeeded', 'refused']),
  /** Why it was refused. */
  code: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  snapshot: Snapshot,
})
export type OperationResult = Static<typeof OperationResult>

/** The provider did not answer, so nobody knows whether it did what it was asked for. */
export class ProviderSilentError extends Error {
  override readonly name = 'ProviderSilentError'
}
