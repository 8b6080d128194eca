/** An order's timeline as a readable story. */
import type { Order } from '@doran/order/contract'
import type { ordersMessages } from './messages.ts'

type Text = keyof (typeof ordersMessages)['ko']

export interface Chapter {
  at: string
  /** The message for this step. */
  title: Extract<Text, `story_${string}`>
  tone: 'done' | 'waiting' | 'bad'
  /** The reason as a message; only for a refusal. */
  why?: Extract<Text, `why_${string}`>
  /** The buyer's own text. */
  reason?: string
  /** The affected sellers' parts; empty if the whole order is affected. */
  parts: Order['sellers']
  /** Minor units that are being or have been refunded. */
  refunded: number
  /** Earlier payment attempts, which this chapter folds into one line. */
  folded?: readonly Chapter[]
  /** The number of folded attempts. */
  count?: number
}

/**
 * Tells an order's history in order, with all payment attempts but the last one folded into one chapter. Skips unknown
 * steps of a later version.
 */
export function storyOf(order: Pick<Order, 'timeline' | 'sellers'>): Chapter[] {
  return foldAttempts(chaptersOf(order))
}

const ATTEMPT: readonly Chapter['title'][] = ['story_payment_started', 'story_payment_approved', 'story_payment_failed']

function foldAttempts(chapters: Chapter[]): Chapter[] {
  const last = chapters.findLastIndex(({ title }) => title === 'story_payment_started')
  const folded = chapters.filter(({ title }, index) => index < last && ATTEMPT.includes(title))
  const [first] = folded
  if (!first) return chapters
  const count = folded.filter(({ title }) => title === 'story_payment_started').length
  const chapter: Chapter = {
    at: first.at,
    title: 'story_attempts',
    tone: 'waiting',
    parts: [],
    refunded: 0,
    folded,
    count,
  }
  return chapters.flatMap((each) => (each === first ? [chapter] : folded.includes(each) ? [] : [each]))
}

function chaptersOf({ timeline, sellers }: Pick<Order, 'timeline' | 'sellers'>): Chapter[] {
  return timeline.flatMap(({ at, what, details }) => {
    const kind = KINDS[what]
    if (!kind) return []
    const ids = Array.isArray(details.sellerOrderIds) ? details.sellerOrderIds : []
    const parts = sellers.filter(({ id }) => ids.includes(id))
    // The request to cancel has already told this reason.
    const reason = what === 'cancelled' && ids.length > 0 ? '' : details.reason
    return {
      at,
      ...kind,
      ...whyOf(details),
      ...(typeof reason === 'string' && reason && { reason }),
      parts: parts.length < sellers.length ? parts : [],
      refunded: typeof details.refunded === 'number' ? details.refunded : 0,
    }
  })
}

const KINDS: Record<string, Pick<Chapter, 'title' | 'tone'>> = {
  placed: { title: 'story_placed', tone: 'done' },
  reduced: { title: 'story_reduced', tone: 'done' },
  payment_started: { title: 'story_payment_started', tone: 'waiting' },
  payment_approved: { title: 'story_payment_approved', tone: 'waiting' },
  payment_failed: { title: 'story_payment_failed', tone: 'bad' },
  paid: { title: 'story_paid', tone: 'done' },
  cancel_requested: { title: 'story_cancel_requested', tone: 'waiting' },
  cancelled: { title: 'story_cancelled', tone: 'done' },
  cancel_failed: { title: 'story_cancel_failed', tone: 'bad' },
  held: { title: 'story_held', tone: 'waiting' },
  resumed: { title: 'story_resumed', tone: 'done' },
  expired: { title: 'story_expired', tone: 'bad' },
}

function whyOf({ code }: Record<string, unknown>): Pick<Chapter, 'why'> {
  return typeof code === 'string' ? { why: reasonOf(code) } : {}
}

/** The message that explains why a payment or a cancellation was refused. */
export function reasonOf(code: string): Extract<Text, `why_${string}`> {
  return REASONS[code] ?? 'why_other'
}

const REASONS: Record<string, Extract<Text, `why_${string}`>> = {
  card_declined: 'why_card_declined',
  payment_declined: 'why_card_declined',
  insufficient_funds: 'why_insufficient_funds',
  authentication_failed: 'why_authentication_failed',
  cancelled_by_buyer: 'why_cancelled_by_buyer',
  payment_not_approved: 'why_not_finished',
  payment_cancelled: 'why_not_finished',
  expired: 'why_expired',
  out_of_stock: 'why_out_of_stock',
  not_enough_stock: 'why_out_of_stock',
  provider_error: 'why_provider',
  provider_unavailable: 'why_provider',
}

/** The last attempted payment. */
export function lastPaymentOf({ timeline, paymentId }: Pick<Order, 'timeline' | 'paymentId'>): string | undefined {
  const started = timeline.findLast(({ what }) => what === 'payment_started')?.details.paymentId
  return paymentId ?? (typeof started === 'string' ? started : undefined)
}
