import { Link, useParams, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMessages } from '../../language/language.ts'
import { Page } from '../../ui/page.tsx'
import { Notice } from '../../ui/states.tsx'
import type { Listing } from './api/articles.ts'
import { useReader } from './api/me.ts'
import { ArticleList } from './article-list.tsx'
import { at } from './edition.ts'
import { FeedBanner } from './feed-banner.tsx'
import { MembersOnly } from './members-only.tsx'
import { communityMessages } from './messages.ts'
import type { FeedSearch } from './paging.ts'
import { PopularTags } from './popular-tags.tsx'
import { Tab, Tabs } from './tabs.tsx'

/** All articles, those of followed members, or those with a tag. */
export function FeedScreen() {
  const t = useMessages(communityMessages)
  const { tag } = useParams({ strict: false })
  const { feed, page = 1 }: FeedSearch = useSearch({ strict: false })
  const listing: Listing = tag ? { of: 'tag', tag } : { of: feed ?? 'everyone' }
  return (
    <div className="home-page">
      <FeedBanner />
      <Page title={tag ? `# ${tag}` : t('community')}>
        <div className="grid gap-x-14 gap-y-8 lg:grid-cols-[minmax(0,1fr)_18rem]">
          <div className="min-w-0">
            <FeedTabs listing={listing} />
            {feed ? (
              <MembersOnly>
                <ArticleList listing={listing} page={page} empty={<EmptyFeed />} />
              </MembersOnly>
            ) : (
              <ArticleList listing={listing} page={page} empty={<EmptyList />} />
            )}
          </div>
          <PopularTags />
        </div>
      </Page>
    </div>
  )
}

function FeedTabs({ listing }: { listing: Listing }) {
  const t = useMessages(communityMessages)
  const { signedIn } = useReader()
  return (
    <Tabs className="feed-toggle" label={t('feeds')}>
      {signedIn && (
        <Tab to={at('')} search={{ feed: 'following' }} active={listing.of === 'following'}>
          {t('yourFeed')}
        </Tab>
      )}
      <Tab to={at('')} active={listing.of === 'everyone'}>
        {t('globalFeed')}
      </Tab>
      {listing.of === 'tag' && (
        <Tab to={at('/tag/$tag')} params={{ tag: listing.tag }} active>
          # {listing.tag}
        </Tab>
      )}
    </Tabs>
  )
}

function EmptyFeed() {
  const t = useMessages(communityMessages)
  return (
    <EmptyNotice title={t('emptyFeed')} to={at('')} label={t('toGlobalFeed')}>
      {t('emptyFeedText')}
    </EmptyNotice>
  )
}

function EmptyList() {
  const t = useMessages(communityMessages)
  return (
    <Notice picture="community" title={t('emptyList')}>
      {t('emptyListText')}
    </Notice>
  )
}

function EmptyNotice({
  title,
  to,
  label,
  children,
}: {
  title: string
  to: '/community'
  label: string
  children: ReactNode
}) {
  return (
    <Notice
      picture="community"
      title={title}
      actions={
        <Link to={to} className="font-semibold text-brand underline underline-offset-4">
          {label}
        </Link>
      }
    >
      {children}
    </Notice>
  )
}
