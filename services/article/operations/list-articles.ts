import type { Context, Handler } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { findArticles } from '../article-list.ts'
import type { article } from '../contract.ts'
import { presentPage } from '../present.ts'

export const listArticles: Handler<typeof article, 'listArticles'> = async (input, ctx) => {
  const { author, favorited, limit, offset } = input
  // Some clients send an empty filter instead of none.
  const tag = input.tag || undefined
  const [authorId, favoritedById] = await Promise.all([idOf(ctx, author), idOf(ctx, favorited)])
  if (authorId === null || favoritedById === null) return { articles: [], articlesCount: 0 }
  const readerId = ctx.actor?.id
  return presentPage(ctx, await findArticles(ctx.db, { tag, authorId, favoritedById, readerId, limit, offset }))
}

/** Returns undefined without a name, and null if nobody has the name. */
async function idOf(ctx: Pick<Context, 'client'>, username: string | undefined): Promise<string | null | undefined> {
  if (!username) return undefined
  const [member] = await ctx.client(user).findMembers({ usernames: [username] })
  return member?.userId ?? null
}
