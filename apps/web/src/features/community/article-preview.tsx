import type { ArticleSummary } from '@doran/article/contract'
import { Link } from '@tanstack/react-router'
import { ArticleMeta } from './article-meta.tsx'
import { at, HEADINGS } from './edition.ts'
import { FavoriteButton } from './favorite-button.tsx'
import { TagList } from './tag-list.tsx'

export function ArticlePreview({ article }: { article: ArticleSummary }) {
  const Heading = HEADINGS.listed
  return (
    <article className="article-preview border-b border-line py-7 first:pt-3 last:border-0">
      <ArticleMeta article={article}>
        <FavoriteButton article={article} />
      </ArticleMeta>
      <Link to={at('/article/$slug')} params={{ slug: article.slug }} className="preview-link group mt-3 block">
        <Heading className="text-2xl leading-snug font-bold group-hover:text-brand">{article.title}</Heading>
        <p className="mt-1.5 line-clamp-3 text-[1.05rem] leading-relaxed text-muted">{article.description}</p>
      </Link>
      <div className="mt-3">
        <TagList tags={article.tagList} />
      </div>
    </article>
  )
}
