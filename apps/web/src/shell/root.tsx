import { createRootRoute } from '@tanstack/react-router'
import { useMessages } from '../language/language.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Footer } from './footer.tsx'
import { Frame, NotFound } from './frame.tsx'
import { Header } from './header.tsx'
import { shellMessages } from './messages.ts'
import { ScreenFailed } from './screen-failed.tsx'
import { SignInAgain } from './sign-in-again.tsx'

/** The frame around every screen. */
export const rootRoute = createRootRoute({
  component: Shell,
  notFoundComponent: () => <NotFound home={<Home />} />,
  errorComponent: ScreenFailed,
})

function Shell() {
  return (
    <>
      <Frame header={<Header />} footer={<Footer />} />
      <SignInAgain />
    </>
  )
}

function Home() {
  const t = useMessages(shellMessages)
  return <ButtonLink to="/">{t('toHome')}</ButtonLink>
}
