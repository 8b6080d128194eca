import type { Order } from '@doran/order/contract'
import type { ReactNode } from 'react'
import { useFormat, useMessages } from '../../language/language.ts'
import { ordersMessages } from './messages.ts'

/** The order's address and price. */
export function OrderFacts({ order }: { order: Order }) {
  const t = useMessages(ordersMessages)
  const { money, dateTime } = useFormat()
  const { address, note, total, refunded, currency, paidAt } = order
  return (
    <div className="space-y-6 rounded-3xl border border-line bg-surface p-5 sm:p-6">
      <section>
        <h2 className="font-bold">{t('payment')}</h2>
        <dl className="mt-3 space-y-2">
          <Row name={t('total')}>{money(total, currency)}</Row>
          <Row name={t('shipping')}>{t('free')}</Row>
          {refunded > 0 && <Row name={t('refunded')}>−{money(refunded, currency)}</Row>}
          <div className="flex items-baseline justify-between border-t border-line pt-3">
            <dt className="font-semibold">{t('paid')}</dt>
            <dd className="text-xl font-extrabold">{money(total - refunded, currency)}</dd>
          </div>
          {paidAt && <Row name={t('paidAt')}>{dateTime(paidAt)}</Row>}
        </dl>
      </section>
      <section className="border-t border-line pt-5">
        <h2 className="font-bold">{t('address')}</h2>
        <address className="mt-2 not-italic">
          <span className="font-semibold">{address.recipient}</span> <span className="text-muted">{address.phone}</span>
          <br />
          {address.line1}
          {address.line2 && `, ${address.line2}`}
          <br />
          <span className="text-muted">{address.postalCode}</span>
        </address>
      </section>
      {note && (
        <section className="border-t border-line pt-5">
          <h2 className="font-bold">{t('note')}</h2>
          <p className="mt-2 whitespace-pre-line">{note}</p>
        </section>
      )}
    </div>
  )
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="text-muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
