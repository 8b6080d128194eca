/** What Doran asks of a payment provider. A new provider is one implementation of this, in `providers/`. */

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
  /** Checks a webhook's signature and age and reads it; throws `webhook_signature_invalid` or `webhook_stale`. */
  readWebhook(body: string, signature: string): Snapshot
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

export interface OperationResult {
  outcome: 'succeeded' | 'refused'
  /** Why it was refused. */
  code?: string
  message?: string
  snapshot: Snapshot
}

/** A session as the provider has it. Of two, the one with the higher sequence is the newer. */
export interface Snapshot {
  sessionId: string
  status: 'pending' | 'approved' | 'authorised' | 'captured' | 'voided' | 'failed'
  /** Minor units. */
  captured: number
  refunded: number
  sequence: number
  failure: { code: string; message: string } | null
}

/** The provider did not answer, so nobody knows whether it did what it was asked for. */
export class ProviderSilentError extends Error {
  override readonly name = 'ProviderSilentError'
}
