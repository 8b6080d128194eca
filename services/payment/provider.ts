/** The interface that Doran needs from a payment provider. Implementations live in `providers/`. */

import { Amount, Nullable, type Static, Type } from '@doran/kernel/contract'

export interface PaymentProvider {
  readonly name: string
  /** Opens a payment page. A repeated key returns the same session. */
  open(request: OpenRequest): Promise<{ sessionId: string; url: string }>
  /** Moves money. A repeated key returns the same result and moves nothing more. */
  perform(request: OperationRequest): Promise<OperationResult>
  /** The result of the operation with this key; undefined when the provider has never seen the key. */
  find(key: string): Promise<OperationResult | undefined>
  /** The current state of the session; undefined when the provider does not know it. */
  look(sessionId: string): Promise<Snapshot | undefined>
  /**
   * Checks a webhook's signature and age, and then its form: a signature proves the sender, not that the body is valid.
   * Undefined for a kind that we do not follow, which is acknowledged all the same. Throws `webhook_signature_invalid`,
   * `webhook_stale` or `webhook_unreadable`.
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
  /** Minor units; the whole payment, except in refunds. */
  amount: number
}

/** The provider's state of a session. Of two snapshots, the one with the higher sequence is newer. */
export const Snapshot = Type.Object({
  sessionId: Type.String({ minLength: 1, maxLength: 300 }),
  status: Type.Enum(['pending', 'approved', 'authorised', 'captured', 'voided', 'failed']),
  captured: Amount,
  refunded: Amount,
  sequence: Type.Integer({ minimum: 0 }),
  failure: Nullable(Type.Object({ code: Type.String(), message: Type.String() })),
})
export type Snapshot = Static<typeof Snapshot>

export const OperationResult = Type.Object({
  outcome: Type.Enum(['succeeded', 'refused']),
  /** The reason for a refusal. */
  code: Type.Optional(Type.String()),
  message: Type.Optional(Type.String()),
  snapshot: Snapshot,
})
export type OperationResult = Static<typeof OperationResult>

/** The provider did not answer, so it is unknown whether it executed the request. */
export class ProviderSilentError extends Error {
  override readonly name = 'ProviderSilentError'
}
