import { Link } from '@tanstack/react-router'
import { type Me, useReader } from '../features/community/api/me.ts'
import { at, REGISTER, SIGN_IN } from '../features/community/edition.ts'
import { MemberPicture } from '../features/community/member-picture.tsx'
import { useMessages } from '../language/language.ts'
import { PenLine, Settings } from '../ui/icons.ts'
import { editionMessages } from './messages.ts'

const LINK =
  'nav-link flex min-h-11 items-center gap-2 rounded-full px-2.5 font-medium text-muted hover:bg-sunken hover:text-ink aria-[current=page]:text-ink sm:px-3.5'
/** The router marks links with `aria-current`; its class `active` would repeat that. */
const CURRENT = { activeOptions: { exact: true, includeSearch: false }, activeProps: { className: '' } }

export function Navbar() {
  const t = useMessages(editionMessages)
  const { signedIn, me, unavailable } = useReader()
  return (
    <nav aria-label={t('main')} className="navbar sticky top-0 z-30 border-b border-line bg-paper/95 backdrop-blur">
      <div className="mx-auto flex min-h-16 max-w-7xl items-center gap-0.5 px-3 sm:gap-1 sm:px-6 lg:px-8">
        <Link
          to={at('')}
          className="navbar-brand flex max-sm:mr-auto items-center gap-2.5 rounded-xl py-1.5 pr-2 text-xl font-extrabold tracking-tight"
        >
          <img src={`${import.meta.env.BASE_URL}favicon.svg`} alt="" width={32} height={32} />
          doran
        </Link>
        <Link to={at('')} className={`${LINK} mr-auto max-sm:hidden`} {...CURRENT}>
          {t('home')}
        </Link>
        {unavailable && <span className="px-3 text-sm text-muted">{t('connecting')}</span>}
        {me && <MemberLinks me={me} />}
        {!signedIn && <GuestLinks />}
      </div>
    </nav>
  )
}

function GuestLinks() {
  const t = useMessages(editionMessages)
  return (
    <>
      <Link to={SIGN_IN} className={LINK} {...CURRENT}>
        {t('signIn')}
      </Link>
      <Link to={REGISTER} className={LINK} {...CURRENT}>
        {t('signUp')}
      </Link>
    </>
  )
}

function MemberLinks({ me: { username, image } }: { me: Me }) {
  const t = useMessages(editionMessages)
  return (
    <>
      <Link to={at('/editor')} className={LINK} {...CURRENT}>
        <PenLine className="size-5 shrink-0" aria-hidden />
        <span className="max-sm:sr-only">{t('newArticle')}</span>
      </Link>
      <Link to={at('/settings')} className={LINK} {...CURRENT}>
        <Settings className="size-5 shrink-0" aria-hidden />
        <span className="max-sm:sr-only">{t('settings')}</span>
      </Link>
      <Link to={at('/profile/$username')} params={{ username }} className={`${LINK} min-w-0`} {...CURRENT}>
        <MemberPicture src={image} size={28} className="user-pic" />
        <span className="truncate">{username}</span>
      </Link>
    </>
  )
}
