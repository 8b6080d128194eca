/** Articles as RealWorld clients see them, with their authors. */
import type { Actor, Context } from '@doran/kernel'
import { type MemberProfile, type Profile, profile } from '@doran/profile/contract'
import type { ArticlePage, ListedArticle } from './article-list.ts'
import type { ArticleFound } from './articles.ts'
import type { Article, ArticleSummary } from './contract.ts'

type AnyContext = Pick<Context<Actor | undefined>, 'client'>

/** The authors of a whole list come with one call. */
export async function presentPage(ctx: AnyContext, { rows, count }: ArticlePage) {
  const authors = await authorsOf(ctx, rows)
  return {
    articles: rows.map((row) => presentSummary(row, authors.get(row.authorId))),
    articlesCount: count,
  }
}

export async function presentArticle(ctx: AnyContext, row: ArticleFound): Promise<{ article: Article }> {
  const authors = await authorsOf(ctx, [row])
  const { hiddenAt, hiddenReason } = row
  return {
    article: {
      ...presentSummary(row, authors.get(row.authorId)),
      body: row.body,
      ...(hiddenAt !== null && hiddenReason !== null && { hidden: { at: hiddenAt, reason: hiddenReason } }),
    },
  }
}

async function authorsOf(ctx: AnyContext, rows: readonly { authorId: string }[]): Promise<Map<string, MemberProfile>> {
  if (rows.length === 0) return new Map()
  const userIds = [...new Set(rows.map(({ authorId }) => authorId))]
  const profiles = await ctx.client(profile).getProfiles({ userIds })
  return new Map(profiles.map((author) => [author.userId, author]))
}

function presentSummary(row: ListedArticle, author: MemberProfile | undefined): ArticleSummary {
  const { slug, title, description, tags, createdAt, updatedAt, favorited, favorites } = row
  return {
    slug,
    title,
    description,
    tagList: tags,
    createdAt,
    updatedAt,
    favorited,
    favoritesCount: favorites,
    author: presentAuthor(author),
  }
}

function presentAuthor(author: MemberProfile | undefined): Profile {
  if (!author) throw new Error('an article has an author whom the user service does not know')
  const { username, bio, image, following } = author
  return { username, bio, image, following }
}
