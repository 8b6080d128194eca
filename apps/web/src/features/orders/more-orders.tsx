import { useEffect, useRef } from 'react'
import { useMessages } from '../../language/language.ts'
import { Button } from '../../ui/button.tsx'
import { ordersMessages } from './messages.ts'

export interface MoreOrdersProps {
  onMore: () => void
  busy: boolean
  /** Whether scrolling into view loads more; after a failure it takes a press. */
  byItself: boolean
}

/** The end of the loaded orders: loads more as soon as it is in view. */
export function MoreOrders({ onMore, busy, byItself }: MoreOrdersProps) {
  const t = useMessages(ordersMessages)
  const end = useRef<HTMLDivElement>(null)
  const more = useRef(onMore)
  more.current = onMore
  useEffect(() => {
    if (busy || !byItself || !end.current) return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && more.current(), {
      rootMargin: '400px',
    })
    observer.observe(end.current)
    return () => observer.disconnect()
  }, [busy, byItself])
  return (
    <div ref={end} className="mt-6 grid place-items-center">
      <Button look="secondary" busy={busy} onClick={onMore}>
        {busy ? t('loadingMore') : t('more')}
      </Button>
    </div>
  )
}
