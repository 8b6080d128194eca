import { createRootRoute, Outlet, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef } from 'react'
import { queryClient } from '../api/query-client.ts'
import { at } from '../features/community/edition.ts'
import { useMessages } from '../language/language.ts'
import { OfflineNotice } from '../shell/offline-notice.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'
import { Failed, Notice } from '../ui/states.tsx'
import { Footer } from './footer.tsx'
import { editionMessages } from './messages.ts'
import { Navbar } from './navbar.tsx'

const Toaster = lazy(async () => ({ default: (await import('../ui/toast.tsx')).Toaster }))

/** What stands around every screen of the community edition. */
export const editionRoot = createRootRoute({
  component: Shell,
  notFoundComponent: NotFound,
  errorComponent: ({ error, reset }) => {
    const again = () => {
      queryClient.resetQueries({ predicate: ({ state }) => state.status === 'error' })
      reset()
    }
    return <Failed error={error} level={1} onRetry={again} />
  },
})

function Shell() {
  const t = useMessages(editionMessages)
  return (
    <>
      <a
        href="#main"
        className="absolute top-2 left-2 z-50 -translate-y-20 rounded-full bg-brand px-5 py-3 font-semibold text-on-brand focus:translate-y-0"
      >
        {t('toContent')}
      </a>
      <Navbar />
      <OfflineNotice />
      <Main />
      <Footer />
      <Suspense>
        <Toaster />
      </Suspense>
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
    <main id="main" ref={main} tabIndex={-1} className="min-h-dvh outline-none">
      <Outlet />
    </main>
  )
}

function NotFound() {
  const t = useMessages(editionMessages)
  return (
    <Page title={t('notFound')}>
      <Notice
        picture="not-found"
        level={1}
        title={t('notFound')}
        actions={<ButtonLink to={at('')}>{t('toHome')}</ButtonLink>}
      >
        {t('notFoundText')}
      </Notice>
    </Page>
  )
}
