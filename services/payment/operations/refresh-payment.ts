import type { Handler } from '@doran/kernel'
import type { PaymentConfig } from '../config.ts'
import type { payment } from '../contract.ts'
import { present } from '../payments.ts'
import { refresh } from '../refresh.ts'

export const refreshPayment: Handler<typeof payment, 'refreshPayment', PaymentConfig> = async ({ paymentId }, ctx) =>
  present(await refresh(ctx, paymentId))
