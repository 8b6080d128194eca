import { useMessages } from '../../language/language.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { PenLine, Settings, UserRound } from '../../ui/icons.ts'
import { useReader } from './api/me.ts'
import { at, COMMUNITY_ONLY } from './edition.ts'
import { communityMessages } from './messages.ts'

/** Introduces the community. In the marketplace, whose menu is about shopping, it also links to the editor. */
export function FeedBanner() {
  const t = useMessages(communityMessages)
  return (
    <div className="banner border-b border-line bg-sunken">
      <div className="mx-auto flex max-w-7xl flex-wrap items-end justify-between gap-6 px-4 py-9 sm:px-6 sm:py-11 lg:px-8">
        <div>
          <h1 className="text-3xl font-extrabold sm:text-4xl">{t('welcome')}</h1>
          <p className="mt-2 max-w-xl text-muted sm:text-lg">{t('welcomeText')}</p>
        </div>
        {!COMMUNITY_ONLY && <MemberLinks />}
      </div>
    </div>
  )
}

function MemberLinks() {
  const t = useMessages(communityMessages)
  const { me } = useReader()
  return (
    <div className="flex flex-wrap gap-2">
      {me && (
        <>
          <ButtonLink look="secondary" to={at('/profile/$username')} params={{ username: me.username }}>
            <UserRound className="size-4" aria-hidden />
            {t('myProfile')}
          </ButtonLink>
          <ButtonLink look="secondary" to={at('/settings')}>
            <Settings className="size-4" aria-hidden />
            {t('settings')}
          </ButtonLink>
        </>
      )}
      <ButtonLink to={at('/editor')}>
        <PenLine className="size-4" aria-hidden />
        {t('newArticle')}
      </ButtonLink>
    </div>
  )
}
