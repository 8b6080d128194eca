import { createRootRoute, Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useSyncExternalStore } from 'react'
import { queryClient } from '../api/query-client.ts'
import { useMessages } from '../language/language.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'
import { Failed, Notice } from '../ui/states.tsx'
import { anyToasts, onToast } from '../ui/toasts.ts'
import { Footer } from './footer.tsx'
import { Header } from './header.tsx'
import { shellMessages } from './messages.ts'
import { OfflineNotice } from './offline-notice.tsx'
import { SignInAgain } from './sign-in-again.tsx'

const loadToaster = () => import('../ui/toast.tsx')
const Toaster = lazy(async () => ({ default: (await loadToaster()).Toaster }))
// It is there before the first toast, also when that one says that the network is away.
for (const sign of ['pointerdown', 'keydown']) addEventListener(sign, loadToaster, { once: true })

/** What stands around every screen. */
export const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => (
    <Failed
      error={error}
      level={1}
      onRetry={() => {
        queryClient.resetQueries({ predicate: ({ state }) => state.status === 'error' })
        reset()
      }}
    />
  ),
})

function Shell() {
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
      <Header />
      <OfflineNotice />
      <Main />
      <Footer />
      <SignInAgain />
      <Suspense>{hasToasts && <Toaster />}</Suspense>
    </>
  )
}

/** After a change of screen the focus is at its beginning, so that a screen reader reads on from there. */
function Main() {
  const main = useRef<HTMLElement>(null)
  const path = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname })
  const shown = useRef(path)
  useEffect(() => {
    if (shown.current !== undefined && shown.current !== path) main.current?.focus({ preventScroll: true })
    shown.current = path
  }, [path])
  return (
    <main id="main" ref={main} tabIndex={-1} className="min-h-[70dvh] outline-none">
      <Outlet />
    </main>
  )
}

function NotFound() {
  const t = useMessages(shellMessages)
  return (
    <Page title={t('notFound')}>
      <Notice
        picture="not-found"
        level={1}
        title={t('notFound')}
        actions={<ButtonLink to="/">{t('toHome')}</ButtonLink>}
      >
        {t('notFoundText')}
      </Notice>
    </Page>
  )
}
