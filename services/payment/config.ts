import { type Static, Type } from '@doran/kernel/contract'

/** Safe only while everything runs on one machine that nobody but its owner can reach. */
export const LOCAL_SECRET = 'sandbox-secret-for-this-machine-only'

export const paymentConfig = Type.Object({
  PAYMENT_SANDBOX_URL: Type.String({
    pattern: '^https?://',
    default: 'http://127.0.0.1:3001',
    errorMessage: 'must be an http(s) address',
    description: 'Where the payment sandbox is; without it `doran start` runs one',
  }),
  PAYMENT_SANDBOX_SECRET: Type.String({
    pattern: '^[^,\\n]{16,}([,\\n]\\s*[^,\\n]{16,})*\\s*$',
    default: LOCAL_SECRET,
    errorMessage: 'must be a secret text of at least 16 characters, or several of them separated by commas',
    description:
      'Secret shared with the sandbox: it opens its API and signs its webhooks; several, separated by commas, while it is replaced: the first is used, all are accepted. Without it `doran start` makes one in the data folder for the sandbox that it runs; the default is refused where others can reach Doran',
  }),
  PAYMENT_WEBHOOK_URL: Type.String({
    pattern: '^https?://',
    default: 'http://127.0.0.1:3000/api/payments/webhooks/sandbox',
    errorMessage: 'must be an http(s) address',
    description: 'Where the provider sends its webhooks; `doran start` fills in its own port',
  }),
  PAYMENT_PROVIDER_TIMEOUT_MS: Type.Integer({
    minimum: 100,
    maximum: 60_000,
    default: 5_000,
    description: 'How long the provider may take to answer; after that the outcome is looked up',
  }),
})

export type PaymentConfig = Static<typeof paymentConfig>
