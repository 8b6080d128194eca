import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { isRefusal } from '../../api/errors.ts'
import { useMessages } from '../../language/language.ts'
import { Page } from '../../ui/page.tsx'
import { Failed, Notice, Skeleton } from '../../ui/states.tsx'
import { memberQuery } from './api/members.ts'
import { ArticleList, ListWaiting } from './article-list.tsx'
import { at } from './edition.ts'
import { Gone } from './gone.tsx'
import { MemberInfo } from './member-info.tsx'
import { communityMessages } from './messages.ts'
import type { ListSearch } from './paging.ts'
import { Tab, Tabs } from './tabs.tsx'

/** A member and their articles. */
export function ProfileScreen() {
  return <Profile list="author" />
}

/** A member and their favourites. */
export function FavoritesScreen() {
  return <Profile list="favorited" />
}

type List = 'author' | 'favorited'

function Profile({ list }: { list: List }) {
  const t = useMessages(communityMessages)
  const username = useParams({ strict: false }).username as string
  const { data: member, error, refetch } = useQuery(memberQuery(username))
  return (
    <div className="profile-page">
      <Page title={username} width="text">
        {member ? (
          <>
            <MemberInfo member={member} />
            <MemberArticles username={member.username} list={list} />
          </>
        ) : isRefusal(error) && error.status === 404 ? (
          <Gone title={t('memberGone')}>{t('memberGoneText')}</Gone>
        ) : error ? (
          <Failed error={error} onRetry={refetch} level={1} />
        ) : (
          <ProfileWaiting />
        )}
      </Page>
    </div>
  )
}

function MemberArticles({ username, list }: { username: string; list: List }) {
  const t = useMessages(communityMessages)
  const { page = 1 }: ListSearch = useSearch({ strict: false })
  return (
    <>
      <Tabs className="articles-toggle" label={t('feeds')}>
        <Tab to={at('/profile/$username')} params={{ username }} active={list === 'author'}>
          {t('myArticles')}
        </Tab>
        <Tab to={at('/profile/$username/favorites')} params={{ username }} active={list === 'favorited'}>
          {t('favoritedArticles')}
        </Tab>
      </Tabs>
      <ArticleList
        listing={{ of: list, username }}
        page={page}
        empty={<Notice picture="community" title={list === 'favorited' ? t('noFavoritesYet') : t('noArticlesYet')} />}
      />
    </>
  )
}

function ProfileWaiting() {
  return (
    <>
      <div className="flex flex-col items-center pt-6 pb-10">
        <Skeleton className="size-26 rounded-full" />
        <Skeleton className="mt-4 h-9 w-44" />
        <Skeleton className="mt-2 mb-5 h-6 w-64" />
        <Skeleton className="h-11 w-40 rounded-full" />
      </div>
      <div className="mb-4 h-12 border-b border-line" />
      <ListWaiting />
    </>
  )
}
