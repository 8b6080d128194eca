import { domainError } from '@doran/kernel'

export const paymentNotFound = domainError('payment_not_found', 404, 'There is no such payment.')
export const paymentMismatch = domainError(
  'payment_mismatch',
  409,
  'There is a payment with this id already, of another order or amount.',
)
export const paymentNotApproved = domainError(
  'payment_not_approved',
  409,
  'The buyer has not agreed to the payment on the payment page.',
)
export const paymentDeclined = domainError(
  'payment_declined',
  402,
  'The payment was declined: {message} Try another card.',
)
export const paymentNotAuthorised = domainError(
  'payment_not_authorised',
  409,
  'No money is held for this payment, so none can be taken.',
)
export const paymentCancelled = domainError('payment_cancelled', 409, 'The payment was cancelled; start a new one.')
export const refundTooLarge = domainError(
  'refund_too_large',
  409,
  'Of this payment {left} can be refunded, not {asked}.',
)
export const refundMismatch = domainError(
  'refund_mismatch',
  409,
  'There is a refund with this id already, of another payment or amount; use a new id.',
)
export const refundRefused = domainError('refund_refused', 409, 'The payment provider refused the refund: {message}')
export const providerUnavailable = domainError(
  'provider_unavailable',
  503,
  'The payment provider does not answer; what was asked of it will be looked up before it is asked again.',
)
export const webhookSignatureInvalid = domainError(
  'webhook_signature_invalid',
  401,
  'The signature does not fit the body; check the secret that the provider signs with.',
)
export const webhookStale = domainError(
  'webhook_stale',
  400,
  'The webhook was signed more than five minutes ago; sign it again when it is sent again.',
)
export const webhookUnreadable = domainError(
  'webhook_unreadable',
  422,
  'The body of the webhook is signed rightly, but nothing that this provider sends: {reason}.',
)
export const webhookProviderUnknown = domainError(
  'webhook_provider_unknown',
  404,
  'No payment provider is called {provider}.',
)
