import type { Order } from '@doran/order/contract'
import { type FormEvent, useState } from 'react'
import { useFormat, useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Refused } from '../../ui/refused.tsx'
import { toast } from '../../ui/toasts.ts'
import { useCancelOrder } from './api/orders.ts'
import { ordersMessages } from './messages.ts'

export interface CancelDialogProps {
  order: Order
  /** The seller's part to cancel; without it, everything that can be cancelled. */
  part?: Order['sellers'][number] | undefined
  onClose: () => void
}

const REASONS = ['reason_mind', 'reason_wrong', 'reason_address', 'reason_elsewhere', 'reason_other'] as const

/** Asks for confirmation and a reason. */
export function CancelDialog({ order, part, onClose }: CancelDialogProps) {
  const t = useMessages(ordersMessages)
  const { text, money } = useFormat()
  const [reason, setReason] = useState<(typeof REASONS)[number]>('reason_mind')
  const [key, setKey] = useState(() => crypto.randomUUID())
  const { mutate, isPending, error } = useCancelOrder()
  const isPaid = order.status === 'paid'
  const open = part ? [part] : order.sellers.filter(({ status }) => status === 'preparing')
  const back = money(
    open.reduce((sum, { subtotal }) => sum + subtotal, 0),
    order.currency,
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const sellerOrderIds = part && [part.id]
    mutate(
      { orderId: order.id, sellerOrderIds, reason: t(reason), key },
      {
        onSuccess: () => {
          onClose()
          toast(isPaid ? t('cancelUnderWay') : t('cancelDone'))
        },
      },
    )
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={part ? t('cancelPartTitle', { seller: text(part.sellerName) }) : t('cancelTitle')}
      description={isPaid ? t('cancelPaid', { amount: back }) : t('cancelUnpaid')}
    >
      <form onSubmit={submit} className="space-y-5">
        <SelectField
          label={t('reason')}
          value={reason}
          onChange={({ target }) => {
            setReason(target.value as typeof reason)
            setKey(crypto.randomUUID())
          }}
        >
          {REASONS.map((name) => (
            <option key={name} value={name}>
              {t(name)}
            </option>
          ))}
        </SelectField>
        <Refused error={error} />
        <div className="flex flex-wrap justify-end gap-3">
          <Button look="quiet" onClick={onClose}>
            {t('keep')}
          </Button>
          <Button type="submit" look="danger" busy={isPending}>
            {t('confirmCancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
