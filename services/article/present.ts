/** Presents articles with their authors, as the RealWorld protocol defines them. */
import type { Actor, Context } from '@doran/kernel'
import { type MemberProfile, type Profile, profile } from '@doran/profile/contract'
import { user } from '@doran/user/contract'
import type { ArticlePage, ListedArticle } from './article-list.ts'
import type { ArticleFound } from './articles.ts'
import type { Article, ArticleSummary } from './contract.ts'

type AnyContext = Pick<Context<Actor | undefined>, 'client' | 'actor'>

/** Gets the authors of the whole list with one call. */
export async function presentPage(ctx: AnyContext, page: ArticlePage) {
  return presentWith(await authorsOf(ctx, page.rows), page)
}

/** Like {@link presentPage}, for a page whose authors the reader all follows. */
export async function presentFeed(ctx: AnyContext, page: ArticlePage) {
  return presentWith(await membersOf(ctx, page.rows, true), page)
}

function presentWith(authors: Map<string, MemberProfile>, { rows, count }: ArticlePage) {
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

/** The authors as the reader sees them. An anonymous reader follows nobody, so that case skips the profile service. */
async function authorsOf(ctx: AnyContext, rows: readonly { authorId: string }[]): Promise<Map<string, MemberProfile>> {
  if (!ctx.actor) return membersOf(ctx, rows, false)
  return byId(await ctx.client(profile).getProfiles({ userIds: authorIds(rows) }))
}

async function membersOf(ctx: AnyContext, rows: readonly { authorId: string }[], following: boolean) {
  const members = await ctx.client(user).getMembers({ userIds: authorIds(rows) })
  return byId(members.map((member) => ({ ...member, following })))
}

function authorIds(rows: readonly { authorId: string }[]): string[] {
  return [...new Set(rows.map(({ authorId }) => authorId))]
}

function byId(profiles: readonly MemberProfile[]): Map<string, MemberProfile> {
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
