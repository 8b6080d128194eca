import type { Handler } from '@doran/kernel'
import { profile } from '@doran/profile/contract'
import { findArticles } from '../article-list.ts'
import type { article } from '../contract.ts'
import { presentPage } from '../present.ts'

export const feedArticles: Handler<typeof article, 'feedArticles'> = async ({ limit, offset }, ctx) => {
  const followedIds = await ctx.client(profile).listFollowed()
  return presentPage(ctx, await findArticles(ctx.db, { followedIds, readerId: ctx.actor.id, limit, offset }))
}
