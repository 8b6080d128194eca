import { service } from '@doran/kernel'
import { paymentConfig } from './config.ts'
import { payment } from './contract.ts'
import * as errors from './errors.ts'
import { reconcile } from './jobs/reconcile.ts'
import { authorise } from './operations/authorise.ts'
import { cancelPayment } from './operations/cancel-payment.ts'
import { capture } from './operations/capture.ts'
import { createPayment } from './operations/create-payment.ts'
import { getPayment } from './operations/get-payment.ts'
import { listDiscrepancies } from './operations/list-discrepancies.ts'
import { receiveWebhook } from './operations/receive-webhook.ts'
import { refreshPayment } from './operations/refresh-payment.ts'
import { refund } from './operations/refund.ts'

export default service(payment, {
  operations: {
    getPayment,
    listDiscrepancies,
    receiveWebhook,
    createPayment,
    refreshPayment,
    authorise,
    capture,
    cancelPayment,
    refund,
  },
  jobs: [reconcile],
  migrations: new URL('./migrations/', import.meta.url),
  errors,
  config: paymentConfig,
})
