import {
  Amount,
  Currency,
  Cursor,
  contract,
  event,
  get,
  Id,
  Nullable,
  PageSize,
  page,
  post,
  Raw,
  type Static,
  Timestamp,
  Type,
} from '@doran/kernel/contract'

export const PaymentStatus = Type.Enum([
  /** Waits for the buyer on the provider's payment page. */
  'pending',
  /** The buyer has agreed on the page; no money is held yet. */
  'approved',
  /** The provider holds the money for us. */
  'authorised',
  'captured',
  /** The hold was released; no money moved. */
  'voided',
  'partially_refunded',
  'refunded',
  /** The provider refused; `failure` says why. */
  'failed',
])
export type PaymentStatus = Static<typeof PaymentStatus>

export const Failure = Type.Object({
  /** `card_declined`, `insufficient_funds`, `authentication_failed`, `expired` or `provider_error`. */
  code: Type.String(),
  message: Type.String(),
})

export const Payment = Type.Object({
  id: Id,
  orderId: Id,
  provider: Type.String(),
  amount: Amount,
  currency: Currency,
  refunded: Amount,
  status: PaymentStatus,
  failure: Nullable(Failure),
  /** The payment page, which redirects the buyer to the `returnUrl`. */
  paymentUrl: Type.String(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Payment = Static<typeof Payment>

export const Refund = Type.Object({
  id: Id,
  paymentId: Id,
  amount: Amount,
  reason: Type.String(),
  createdAt: Timestamp,
})
export type Refund = Static<typeof Refund>

/** A state at the provider that Doran's records do not explain; amounts in minor units. */
export const Discrepancy = Type.Object({
  id: Id,
  paymentId: Id,
  what: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
  foundAt: Timestamp,
})
export type Discrepancy = Static<typeof Discrepancy>

const PaymentInPath = Type.Object({ paymentId: Id })

export const payment = contract('payment', {
  getPayment: get('/payments/:paymentId', {
    summary: 'A payment; buyers see their own',
    path: PaymentInPath,
    reply: Payment,
    access: 'user',
  }),
  listDiscrepancies: get('/payments/discrepancies', {
    summary: 'Where the provider and Doran do not agree, newest first',
    query: Type.Object({ cursor: Cursor, limit: PageSize }),
    reply: page(Discrepancy),
    access: ['admin'],
  }),
  /**
   * Anyone may call it: the signature authenticates the webhook. Replayed, late or out-of-order webhooks change
   * nothing, nor do kinds that Doran does not follow. A signed webhook that cannot be read is refused with
   * `webhook_unreadable`.
   */
  receiveWebhook: post('/payments/webhooks/:provider', {
    summary: "Take in a provider's webhook",
    headers: Type.Object({ 'x-signature': Type.String({ maxLength: 500 }) }),
    body: Raw('application/json'),
    bodyLimit: 65_536,
    access: 'anyone',
    idempotent: true,
  }),
  /** A repeated `paymentId` returns the same payment; with another order, amount or currency it is refused with
   * `payment_mismatch`. Refused with `payment_cancelled` when a cancellation came first. */
  createPayment: post('/payments', {
    summary: 'Open a payment and its page with the provider',
    body: Type.Object({
      paymentId: Id,
      orderId: Id,
      buyerId: Id,
      amount: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }),
      currency: Currency,
      /** Shown to the buyer on the payment page. */
      title: Type.String({ minLength: 1, maxLength: 200 }),
      returnUrl: Type.String({ format: 'uri', maxLength: 2_000 }),
    }),
    reply: Payment,
    access: 'internal',
    idempotent: true,
  }),
  /** Asks the provider, so the answer is current even when no webhook has arrived. */
  refreshPayment: post('/payments/:paymentId/refresh', {
    summary: 'The payment as the provider sees it now',
    path: PaymentInPath,
    reply: Payment,
    access: 'internal',
    idempotent: true,
  }),
  /** Refused with `payment_declined` (details: `reason`) or `payment_not_approved`. */
  authorise: post('/payments/:paymentId/authorise', {
    summary: 'Have the provider hold the money',
    path: PaymentInPath,
    reply: Payment,
    access: 'internal',
    idempotent: true,
  }),
  /** Refused with `payment_not_authorised` when the provider holds no money. */
  capture: post('/payments/:paymentId/capture', {
    summary: 'Take the money that is held',
    path: PaymentInPath,
    reply: Payment,
    access: 'internal',
    idempotent: true,
  }),
  /**
   * Works in every state: voids a hold, refunds a capture, and later authorisations and captures are refused. Refused
   * with `payment_not_found` when the payment does not exist: then no money is held, and the id can no longer be used.
   */
  cancelPayment: post('/payments/:paymentId/cancel', {
    summary: 'Take the whole payment back',
    path: PaymentInPath,
    body: Type.Object({ reason: Type.String({ maxLength: 200 }) }),
    reply: Payment,
    access: 'internal',
    idempotent: true,
  }),
  /** Refunds once per `refundId`. Refused with `refund_too_large` when the amount exceeds the rest of the capture. */
  refund: post('/payments/:paymentId/refunds', {
    summary: 'Give part or all of the money back',
    path: PaymentInPath,
    body: Type.Object({
      refundId: Id,
      amount: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }),
      reason: Type.String({ maxLength: 200 }),
    }),
    reply: Refund,
    access: 'internal',
    idempotent: true,
  }),
})

const About = { paymentId: Id, orderId: Id, amount: Amount, currency: Currency }

/** The buyer has agreed on the payment page. */
export const paymentApproved = event('payment.approved', Type.Object(About))
export const paymentCaptured = event('payment.captured', Type.Object(About))
export const paymentFailed = event('payment.failed', Type.Object({ ...About, failure: Failure }))
/**
 * `amount` is that of this refund, `refunded` the total of all refunds. A null `refundId`: made at the provider
 * directly.
 */
export const paymentRefunded = event(
  'payment.refunded',
  Type.Object({ ...About, refundId: Nullable(Id), refunded: Amount }),
)
