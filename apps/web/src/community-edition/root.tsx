import { createRootRoute } from '@tanstack/react-router'
import { at } from '../features/community/edition.ts'
import { useMessages } from '../language/language.ts'
import { Frame, NotFound } from '../shell/frame.tsx'
import { shellMessages } from '../shell/messages.ts'
import { ScreenFailed } from '../shell/screen-failed.tsx'
import { ButtonLink } from '../ui/button.tsx'
import { Footer } from './footer.tsx'
import { Navbar } from './navbar.tsx'

/** The frame around every screen of the community edition. */
export const editionRoot = createRootRoute({
  component: () => <Frame header={<Navbar />} footer={<Footer />} />,
  notFoundComponent: () => <NotFound home={<Home />} />,
  errorComponent: ScreenFailed,
})

function Home() {
  const t = useMessages(shellMessages)
  return <ButtonLink to={at('')}>{t('toHome')}</ButtonLink>
}
