/** The states of a screen without content: waiting, failed, empty. */
import { type ReactNode, useEffect, useRef } from 'react'
import { isOffline } from '../api/errors.ts'
import { useExplain } from '../api/use-explain.ts'
import { useMessages } from '../language/language.ts'
import { Button } from './button.tsx'
import { uiMessages } from './messages.ts'

/** A placeholder in the size of the content, so that the layout does not shift. */
export function Skeleton({ className = '' }: { className?: string }) {
  return <div aria-hidden className={`animate-pulse rounded-xl bg-sunken ${className}`} />
}

/** Tells screen readers that the page is loading; goes around the skeletons. */
export function Waiting({ children }: { children: ReactNode }) {
  const t = useMessages(uiMessages)
  return (
    <div aria-busy>
      <span role="status" className="sr-only">
        {t('loading')}
      </span>
      {children}
    </div>
  )
}

export interface NoticeProps {
  /** A file of `public/illustrations`, without its extension. */
  picture: string
  title: ReactNode
  children?: ReactNode
  /** Buttons and links that lead on. */
  actions?: ReactNode
  /** Heading level of the title: 1 if it is the whole screen. */
  level?: 1 | 2
}

/** A picture with an explanation and links that lead on. */
export function Notice({ picture, title, children, actions, level = 2 }: NoticeProps) {
  const Heading = level === 1 ? 'h1' : 'h2'
  return (
    <div className="mx-auto flex max-w-md flex-col items-center px-4 py-12 text-center">
      <img src={`${import.meta.env.BASE_URL}illustrations/${picture}.avif`} alt="" width={160} height={160} />
      <Heading className="mt-4 text-2xl font-bold">{title}</Heading>
      {children && <div className="mt-2 text-muted">{children}</div>}
      {actions && <div className="mt-6 flex flex-wrap justify-center gap-3">{actions}</div>}
    </div>
  )
}

/**
 * Why something could not be shown, with a button to try again. While offline it tries again by itself when the network
 * is back.
 */
export function Failed({ error, onRetry, level }: { error: unknown; onRetry?: () => void; level?: 1 | 2 }) {
  const t = useMessages(uiMessages)
  const explain = useExplain()
  const offline = isOffline(error)
  const retry = useRef(onRetry)
  retry.current = onRetry
  useEffect(() => {
    if (!offline) return
    const again = () => retry.current?.()
    addEventListener('online', again)
    return () => removeEventListener('online', again)
  }, [offline])
  const { title, text } = explain(error)
  return (
    <div role="alert">
      <Notice
        picture={offline ? 'offline' : 'error'}
        title={title}
        level={level}
        actions={onRetry && <Button onClick={onRetry}>{t('retry')}</Button>}
      >
        {text}
      </Notice>
    </div>
  )
}

/** A notice inside a page: good news, a hint, a warning, a failure. */
export function Banner({
  tone = 'info',
  children,
  role,
}: {
  tone?: 'info' | 'success' | 'warning' | 'failure'
  children: ReactNode
  /** `alert` for a notice that appears later and must be announced at once. */
  role?: 'alert' | 'status'
}) {
  const TONES = {
    info: 'bg-sunken text-ink',
    success: 'bg-leaf-soft text-leaf',
    warning: 'bg-sun-soft text-on-sun-soft',
    failure: 'bg-alert-soft text-alert',
  }
  return (
    <div role={role} className={`rounded-2xl px-4 py-3 ${TONES[tone]}`}>
      {children}
    </div>
  )
}
