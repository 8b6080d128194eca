import { service } from '@doran/kernel'
import { orderConfig } from './config.ts'
import { order } from './contract.ts'
import * as errors from './errors.ts'
import { onPaymentApproved } from './events/on-payment-approved.ts'
import { onPaymentFailed } from './events/on-payment-failed.ts'
import { onPaymentRefunded } from './events/on-payment-refunded.ts'
import { onShopStandingChanged } from './events/on-shop-standing-changed.ts'
import { onUserWithdrawn } from './events/on-user-withdrawn.ts'
import { expireUnpaidOrders } from './jobs/expire-unpaid-orders.ts'
import { forgetAbandonedCarts } from './jobs/forget-abandoned-carts.ts'
import { forgetAddressesOfOldOrders } from './jobs/forget-old-addresses.ts'
import { addLine } from './operations/add-line.ts'
import { cancelOrder } from './operations/cancel-order.ts'
import { confirmPayment } from './operations/confirm-payment.ts'
import { createCart } from './operations/create-cart.ts'
import { createDirectCart } from './operations/create-direct-cart.ts'
import { decideHeldOrder } from './operations/decide-held-order.ts'
import { exportPersonalData } from './operations/export-personal-data.ts'
import { getCart } from './operations/get-cart.ts'
import { getOrder } from './operations/get-order.ts'
import { listOpenBusiness } from './operations/list-open-business.ts'
import { listOrders } from './operations/list-orders.ts'
import { listOrdersOfClosedShops } from './operations/list-orders-of-closed-shops.ts'
import { listSellerOrders } from './operations/list-seller-orders.ts'
import { mergeCart } from './operations/merge-cart.ts'
import { placeOrder } from './operations/place-order.ts'
import { reduceOrder } from './operations/reduce-order.ts'
import { removeLine } from './operations/remove-line.ts'
import { setLine } from './operations/set-line.ts'
import { startPayment } from './operations/start-payment.ts'
import { cancellation } from './sagas/cancellation.ts'
import { checkout } from './sagas/checkout.ts'
import { closing } from './sagas/close-payment.ts'
import { freeCancellation } from './sagas/free-cancellation.ts'
import { freeCheckout } from './sagas/free-checkout.ts'
import { heldCancellation } from './sagas/held-cancellation.ts'
import { releasing } from './sagas/release-stock.ts'

export default service(order, {
  operations: {
    exportPersonalData,
    listOpenBusiness,
    createCart,
    createDirectCart,
    getCart,
    addLine,
    setLine,
    removeLine,
    mergeCart,
    placeOrder,
    reduceOrder,
    startPayment,
    confirmPayment,
    getOrder,
    listOrders,
    cancelOrder,
    decideHeldOrder,
    listSellerOrders,
    listOrdersOfClosedShops,
  },
  subscriptions: [onUserWithdrawn, onPaymentApproved, onPaymentFailed, onPaymentRefunded, onShopStandingChanged],
  sagas: [checkout, freeCheckout, cancellation, freeCancellation, heldCancellation, closing, releasing],
  jobs: [expireUnpaidOrders, forgetAbandonedCarts, forgetAddressesOfOldOrders],
  migrations: new URL('./migrations/', import.meta.url),
  errors,
  config: orderConfig,
})
