import type { ArticleSummary } from '@doran/article/contract'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useFormat, useMessages } from '../../language/language.ts'
import { Avatar } from '../../ui/avatar.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { ChevronRight } from '../../ui/icons.ts'
import { Failed, Notice, Skeleton, Waiting } from '../../ui/states.tsx'
import { latestArticlesQuery } from './api/home.ts'
import { homeMessages } from './messages.ts'
import { SectionHeading } from './section-heading.tsx'

const GRID = 'grid gap-4 md:grid-cols-3 md:gap-6'

/** The community's latest articles. */
export function Stories() {
  const t = useMessages(homeMessages)
  return (
    <section>
      <SectionHeading
        title={t('stories')}
        more={
          <ButtonLink
            to="/community"
            look="quiet"
            aria-label={t('seeAllOf', { what: t('stories') })}
            className="-mr-3 shrink-0 text-muted"
          >
            {t('seeAll')}
            <ChevronRight className="-mr-2 size-4" aria-hidden />
          </ButtonLink>
        }
      />
      <Latest />
    </section>
  )
}

function Latest() {
  const { data: articles, error, refetch } = useQuery(latestArticlesQuery)
  if (!articles && !error) return <LatestSkeleton />
  if (!articles) return <Failed error={error} onRetry={refetch} />
  if (articles.length === 0) return <NoStories />
  return (
    <ul className={GRID}>
      {articles.map((article) => (
        <li key={article.slug}>
          <Story article={article} />
        </li>
      ))}
    </ul>
  )
}

function Story({ article }: { article: ArticleSummary }) {
  const { date } = useFormat()
  const { slug, title, description, author, createdAt } = article
  // The community's own routes define this address; the marketplace only links to it.
  const address: string = `/community/article/${encodeURIComponent(slug)}`
  return (
    <Link
      to={address}
      className="group flex h-full min-h-52 flex-col rounded-3xl border border-line bg-surface p-6 hover:bg-sunken"
    >
      <h3 className="line-clamp-2 text-lg font-bold group-hover:underline group-hover:underline-offset-4">{title}</h3>
      <p className="mt-2 line-clamp-2 text-muted">{description}</p>
      <div className="mt-auto flex items-center gap-3 pt-5 text-sm">
        <Avatar src={author.image} size={36} />
        <span className="min-w-0">
          <span className="block truncate font-semibold">{author.username}</span>
          <time dateTime={createdAt} className="block text-muted">
            {date(createdAt)}
          </time>
        </span>
      </div>
    </Link>
  )
}

function NoStories() {
  const t = useMessages(homeMessages)
  return (
    <Notice
      picture="community"
      title={t('noStories')}
      actions={<ButtonLink to="/community">{t('toCommunity')}</ButtonLink>}
    >
      {t('noStoriesText')}
    </Notice>
  )
}

function LatestSkeleton() {
  return (
    <Waiting>
      <div className={GRID}>
        {['first', 'second', 'third'].map((key) => (
          <Skeleton key={key} className="h-52 rounded-3xl" />
        ))}
      </div>
    </Waiting>
  )
}
