import type { Order } from '@doran/order/contract'
import { useNavigate } from '@tanstack/react-router'
import { useExplain } from '../../api/use-explain.ts'
import { useMessages } from '../../language/language.ts'
import { toast } from '../../ui/toasts.ts'
import { openPayment } from '../orders/api/orders.ts'
import { checkoutMessages } from './messages.ts'

/**
 * Leads from a placed order to its payment page. The order replaces this screen in the history, so "back" leads to it.
 */
export function useGoToPayment() {
  const t = useMessages(checkoutMessages)
  const explain = useExplain()
  const navigate = useNavigate()
  return async ({ id: orderId, status }: Order) => {
    // A free order has no payment.
    if (status !== 'awaiting_payment') return navigate({ to: '/orders/$orderId', params: { orderId }, replace: true })
    let paymentUrl: string | undefined
    try {
      paymentUrl = await openPayment(orderId)
    } catch (error) {
      // The order exists; its own screen offers to pay.
      toast(t('paymentNotOpened'), { description: explain(error).text, tone: 'failure' })
    }
    await navigate({ to: '/orders/$orderId', params: { orderId }, replace: true })
    if (paymentUrl) location.assign(paymentUrl)
  }
}
