import { useFormat, useMessages } from '../language/language.ts'
import { uiMessages } from './messages.ts'

export interface PriceProps {
  /** Minor units. */
  amount: number
  /** The highest price, if variants have different prices. */
  upTo?: number
  /** The price before a reduction. */
  before?: number | null
  currency: string
  className?: string
}

export function Price({ amount, upTo, before, currency, className = '' }: PriceProps) {
  const t = useMessages(uiMessages)
  const { money } = useFormat()
  const from = upTo !== undefined && upTo > amount
  return (
    <span className={`font-bold whitespace-nowrap ${className}`}>
      {before && before > amount && (
        <>
          <span className="sr-only">{t('before')} </span>
          <s className="mr-1.5 text-[0.8em] font-normal text-muted">{money(before, currency)}</s>
          <span className="sr-only">{t('now')} </span>
        </>
      )}
      {money(amount, currency)}
      {from && <span aria-hidden>~</span>}
    </span>
  )
}
