import { useEffect, useRef } from 'react'
import { useExplain } from '../../api/use-explain.ts'
import { useFormat, useMessages } from '../../language/language.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Banner, Notice } from '../../ui/states.tsx'
import type { Intent, usePlaceOrder } from './api/place-order.ts'
import { checkoutMessages } from './messages.ts'

/** Shown if an order was sent and never answered: the buyer sends the same order again, or gives it up. */
export function Unanswered({ intent, placing }: { intent: Intent; placing: ReturnType<typeof usePlaceOrder> }) {
  const t = useMessages(checkoutMessages)
  const { money } = useFormat()
  const explain = useExplain()
  const { recipient, line1 } = intent.address
  const place = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // It replaces a long form whose button is at the end.
    scrollTo({ top: 0 })
    place.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div role="alert" ref={place} tabIndex={-1} className="outline-none">
      <Notice
        picture="offline"
        level={1}
        title={t('unansweredTitle')}
        actions={
          <>
            <Button size="large" busy={placing.isPending} onClick={() => placing.mutate(intent)}>
              {t('sendAgain')}
            </Button>
            <ButtonLink to="/orders" size="large" look="secondary">
              {t('lookFirst')}
            </ButtonLink>
            <Button look="quiet" disabled={placing.isPending} onClick={placing.giveUp}>
              {t('giveUp')}
            </Button>
          </>
        }
      >
        <p className="text-balance">{t('unanswered')}</p>
        <p className="mt-4 font-semibold text-ink">
          {money(intent.expectedTotal, 'KRW')} · {t('orderAtAddress', { recipient, line1 })}
        </p>
        {placing.error && (
          <div className="mt-4">
            <Banner tone="failure">{explain(placing.error).text}</Banner>
          </div>
        )}
      </Notice>
    </div>
  )
}
