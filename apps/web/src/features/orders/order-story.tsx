import type { Order } from '@doran/order/contract'
import { useFormat, useMessages } from '../../language/language.ts'
import { Check, Clock, X } from '../../ui/icons.ts'
import { ordersMessages } from './messages.ts'
import { type Chapter, storyOf } from './story.ts'

/** The order's history in words. */
export function OrderStory({ order }: { order: Order }) {
  const t = useMessages(ordersMessages)
  const story = storyOf(order)
  return (
    <section aria-label={t('story')} className="rounded-3xl border border-line bg-surface p-5 sm:p-6">
      <h2 className="font-bold">{t('story')}</h2>
      <ol className="mt-4">
        {story.map((chapter, index) => (
          <ChapterRow
            // biome-ignore lint/suspicious/noArrayIndexKey: a story only grows at its end
            key={index}
            chapter={chapter}
            currency={order.currency}
          />
        ))}
      </ol>
    </section>
  )
}

const TONES = {
  done: { Icon: Check, look: 'bg-leaf-soft text-leaf' },
  waiting: { Icon: Clock, look: 'bg-sunken text-muted' },
  bad: { Icon: X, look: 'bg-alert-soft text-alert' },
}

function ChapterRow({ chapter, currency }: { chapter: Chapter; currency: string }) {
  const t = useMessages(ordersMessages)
  const { text, money, dateTime } = useFormat()
  const { at, title, tone, why, reason, parts, refunded, folded, count = 0 } = chapter
  const { Icon, look } = TONES[tone]
  const sellers = parts.map(({ sellerName }) => text(sellerName)).join(', ')
  return (
    <li className="relative flex gap-4 pb-6 last:pb-0 not-last:before:absolute not-last:before:top-8 not-last:before:bottom-0 not-last:before:left-3.75 not-last:before:w-px not-last:before:bg-line">
      <span className={`grid size-8 shrink-0 place-items-center rounded-full ${look}`}>
        <Icon className="size-4" aria-hidden />
      </span>
      <div className="min-w-0 pt-0.5">
        <p className="font-semibold">{t(title, { count })}</p>
        {sellers && <p>{t('about', { sellers })}</p>}
        {why && <p>{t(why)}</p>}
        {reason && <p className="text-muted">{t('reasonGiven', { reason })}</p>}
        {refunded > 0 && (
          <p className="font-medium text-leaf">{t('refundOf', { amount: money(refunded, currency) })}</p>
        )}
        {folded ? (
          <Folded chapters={folded} />
        ) : (
          <time dateTime={at} className="text-sm text-muted">
            {dateTime(at)}
          </time>
        )}
      </div>
    </li>
  )
}

/** Earlier payment attempts, folded. */
function Folded({ chapters }: { chapters: readonly Chapter[] }) {
  const t = useMessages(ordersMessages)
  const { dateTime } = useFormat()
  return (
    <details className="text-sm text-muted">
      <summary className="flex min-h-11 cursor-pointer items-center underline underline-offset-4">
        {t('showAttempts')}
      </summary>
      <ul className="space-y-2 pb-2">
        {chapters.map(({ at, title, why }) => (
          <li key={at + title}>
            {[t(title, { count: 1 }), why && t(why)].filter(Boolean).join(' ')}{' '}
            <time dateTime={at} className="block">
              {dateTime(at)}
            </time>
          </li>
        ))}
      </ul>
    </details>
  )
}
