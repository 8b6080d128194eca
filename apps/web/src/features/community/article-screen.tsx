import type { Article } from '@doran/article/contract'
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { isRefusal } from '../../api/errors.ts'
import { useMessages } from '../../language/language.ts'
import { Page } from '../../ui/page.tsx'
import { Failed, Skeleton, Waiting } from '../../ui/states.tsx'
import { articleQuery } from './api/articles.ts'
import { ArticleActions } from './article-actions.tsx'
import { ArticleContent } from './article-content.tsx'
import { ArticleMeta } from './article-meta.tsx'
import { Comments } from './comments.tsx'
import { Gone } from './gone.tsx'
import { HiddenNotice } from './hidden-notice.tsx'
import { communityMessages } from './messages.ts'
import { minutesToRead } from './reading-time.ts'
import { TagList } from './tag-list.tsx'

export function ArticleScreen() {
  const t = useMessages(communityMessages)
  const slug = useParams({ strict: false }).slug as string
  const { data: article, error, refetch } = useQuery(articleQuery(slug))
  return (
    <div className="article-page">
      <Page title={article?.title ?? t('community')} width="text">
        {article ? (
          <FullArticle key={article.slug} article={article} />
        ) : isRefusal(error) && error.status === 404 ? (
          <Gone title={t('articleGone')}>{t('articleGoneText')}</Gone>
        ) : error ? (
          <Failed error={error} onRetry={refetch} level={1} />
        ) : (
          <ArticleWaiting />
        )}
      </Page>
    </div>
  )
}

function FullArticle({ article }: { article: Article }) {
  const t = useMessages(communityMessages)
  const { title, description, body, tagList, hidden } = article
  const minutes = <span> · {t('minutes', { count: minutesToRead(body) })}</span>
  return (
    <>
      <article>
        <header className="banner border-b border-line pt-4 pb-6 sm:pt-8">
          {hidden && <HiddenNotice hidden={hidden} what={t('hidden')} />}
          <h1 className="text-[2rem] leading-tight font-extrabold sm:text-[2.6rem]">{title}</h1>
          <p className="mt-4 mb-7 text-xl leading-relaxed text-muted">{description}</p>
          <ArticleMeta article={article} more={minutes}>
            <ArticleActions article={article} />
          </ArticleMeta>
        </header>
        <div className="py-10">
          <ArticleContent markdown={body} />
        </div>
        <TagList tags={tagList} />
      </article>
      <div className="mt-8 border-t border-line py-6">
        <ArticleMeta article={article}>
          <ArticleActions article={article} last />
        </ArticleMeta>
      </div>
      <Comments article={article} />
    </>
  )
}

function ArticleWaiting() {
  return (
    <Waiting>
      <Skeleton className="mt-4 h-12 w-11/12 sm:mt-8" />
      <Skeleton className="mt-5 h-8 w-3/4" />
      <div className="mt-7 flex items-center gap-3 border-b border-line pb-6">
        <Skeleton className="size-11 rounded-full" />
        <Skeleton className="h-10 w-40" />
      </div>
      {['a', 'b', 'c'].map((key) => (
        <Skeleton key={key} className="mt-8 h-36 w-full" />
      ))}
    </Waiting>
  )
}
