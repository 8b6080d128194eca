import type { Order } from '@doran/order/contract'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useExplain } from '../../api/use-explain.ts'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { toast } from '../../ui/toasts.ts'
import { useAddToCart } from '../cart/api/cart.ts'
import { ordersMessages } from './messages.ts'

/** Puts the goods of a closed order into the cart again, as far as they are still sold. */
export function OrderAgain({ order }: { order: Order }) {
  const t = useMessages(ordersMessages)
  const explain = useExplain()
  const navigate = useNavigate()
  const { mutateAsync: add } = useAddToCart()
  const [busy, setBusy] = useState(false)
  const addAll = async () => {
    setBusy(true)
    let refused: unknown
    for (const { sku, quantity } of order.sellers.flatMap(({ lines }) => lines)) {
      await add({ sku, quantity }).catch((error) => {
        refused = error
      })
    }
    if (refused) toast(t('againRefused'), { description: explain(refused).text, tone: 'failure' })
    await navigate({ to: '/cart' })
  }
  return (
    <Button look="secondary" busy={busy} onClick={addAll}>
      {t('again')}
    </Button>
  )
}
