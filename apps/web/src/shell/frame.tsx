/** The parts around the screens that every edition has. */
import { Outlet, useRouterState } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react'
import { useMessages } from '../language/language.ts'
import { onDemand } from '../ui/on-demand.tsx'
import { Page } from '../ui/page.tsx'
import { Notice } from '../ui/states.tsx'
import { anyToasts, onToast } from '../ui/toasts.ts'
import { shellMessages } from './messages.ts'
import { OfflineNotice } from './offline-notice.tsx'

const loadToaster = () => import('../ui/toast.tsx')
const Toaster = onDemand(loadToaster, 'Toaster')

/** The toaster loads this long after the start, when the browser is likely to be idle. */
const TOASTER_DELAY_MS = 2_000

// Loaded before the first toast, because that one may say that the network is away.
setTimeout(() => void loadToaster().catch(() => undefined), TOASTER_DELAY_MS)

export function Frame({ header, footer }: { header: ReactNode; footer: ReactNode }) {
  const t = useMessages(shellMessages)
  const hasToasts = useSyncExternalStore(onToast, anyToasts)
  return (
    <>
      <a
        href="#main"
        className="absolute top-2 left-2 z-50 -translate-y-20 rounded-full bg-brand px-5 py-3 font-semibold text-on-brand focus:translate-y-0"
      >
        {t('toContent')}
      </a>
      {header}
      <OfflineNotice />
      <Main />
      {footer}
      {hasToasts && <Toaster />}
    </>
  )
}

/** After a change of screen, focuses its beginning, so that screen readers continue there. */
function Main() {
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname })
  const shown = useRef(path)
  useEffect(() => {
    if (shown.current !== undefined && shown.current !== path) main.current?.focus({ preventScroll: true })
    shown.current = path
  }, [path])
  return (
    <main id="main" ref={main} tabIndex={-1} className="min-h-dvh outline-none">
      <Outlet />
    </main>
  )
}

/** Shown at an unknown address; `home` is a link to the first screen. */
export function NotFound({ home }: { home: ReactNode }) {
  const t = useMessages(shellMessages)
  return (
    <Page title={t('notFound')}>
      <Notice picture="not-found" level={1} title={t('notFound')} actions={home}>
        {t('notFoundText')}
      </Notice>
    </Page>
  )
}
