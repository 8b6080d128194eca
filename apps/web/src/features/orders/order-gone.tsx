import type { DomainError } from '@doran/kernel/client'
import type { Order } from '@doran/order/contract'
import { useExplain } from '../../api/use-explain.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { useReduceOrder } from './api/orders.ts'
import { ordersMessages } from './messages.ts'

interface Shortage {
  sku: string
  available: number
}

/** The goods that sold out meanwhile, and a way to continue without them before paying. */
export function OrderGone({ order, refusal }: { order: Order; refusal: DomainError }) {
  const t = useMessages(ordersMessages)
  const { text } = useFormat()
  const explain = useExplain()
  const reducing = useReduceOrder()
  const shortages = refusal.details.lines as readonly Shortage[]
  const lines = order.sellers.flatMap((part) => part.lines)
  const leftOf = ({ sku, quantity }: { sku: string; quantity: number }) =>
    shortages.find((line) => line.sku === sku)?.available ?? quantity
  const short = lines.filter((line) => leftOf(line) < line.quantity)
  const isAnythingLeft = lines.some((line) => leftOf(line) > 0)
  const reduce = () =>
    reducing.mutate({
      orderId: order.id,
      lines: shortages.map(({ sku, available }) => ({ sku, quantity: available })),
    })
  // The order was reduced after the refusal.
  if (short.length === 0) return null
  return (
    <div className="mt-3" role="alert">
      <p className="font-semibold">{t('gone')}</p>
      <ul className="mt-1 list-disc pl-5">
        {short.map((line) => (
          <li key={line.sku}>
            {text(line.name)}: {t('goneLeft', { count: leftOf(line) })}
          </li>
        ))}
      </ul>
      {isAnythingLeft && (
        <Button look="secondary" busy={reducing.isPending} onClick={reduce} className="mt-3">
          {t('goOnWithout')}
        </Button>
      )}
      {reducing.error && <p className="mt-2 font-semibold">{explain(reducing.error).text}</p>}
    </div>
  )
}
