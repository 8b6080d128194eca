/** The measured data: a generated community in its own database. */
import { article } from '@doran/article/contract'
import { newId } from '@doran/kernel'
import { createPlatform, type Platform } from '@doran/kernel/platform'
import { profile } from '@doran/profile/contract'
import { user } from '@doran/user/contract'
import {
  communityArticles,
  communityAuthors,
  communityFavorites,
  communityFollows,
} from '../apps/server/seed/community/community.ts'
import { identity, services } from '../apps/server/services.ts'

const SEED = 1
const UNTIL = new Date('2026-11-01T00:00:00.000Z')
/** There are ten favourites for each article, but at most this many. */
const MAX_FAVORITES = 1_000_000

export interface Writers {
  slugs: string[]
  /** Tags that many articles use. */
  tags: string[]
}

/** Loads this many articles by one author for every twenty articles, from 20 to 5,000 authors. */
export async function loadWriters(databaseUrl: string, count: number): Promise<Writers> {
  const platform = await createPlatform({ services, environment: { LOG_LEVEL: 'warn' }, databaseUrl, identity })
  const authors = Math.min(5_000, Math.max(20, count / 20))
  const authorIds = await loadAuthors(platform, authors)
  const articleIds: string[] = []
  const slugs: string[] = []
  const uses = new Map<string, number>()
  for (const batch of communityArticles({ count, authors, seed: SEED, until: UNTIL })) {
    const articles = batch.map(({ author, tags, ...one }, index) => ({
      ...one,
      slug: `article-${slugs.length + index}`,
      authorId: authorIds[author] as string,
      tagList: tags,
    }))
    articleIds.push(...(await platform.client(article).loadArticles({ articles })).articleIds)
    slugs.push(...articles.map(({ slug }) => slug))
    for (const tag of articles.flatMap(({ tagList }) => tagList)) uses.set(tag, (uses.get(tag) ?? 0) + 1)
  }
  const favorites = Math.min(MAX_FAVORITES, 10 * count)
  for (const batch of communityFavorites({ count: favorites, articles: count, authors, seed: SEED, batch: 10_000 })) {
    await platform.client(article).loadFavorites({
      favorites: batch.map((one) => ({
        userId: authorIds[one.author] as string,
        articleId: articleIds[one.article] as string,
      })),
    })
  }
  await platform.close()
  const tags = [...uses].sort(([, a], [, b]) => b - a).map(([tag]) => tag)
  return { slugs, tags: tags.slice(0, 20) }
}

async function loadAuthors(platform: Platform, count: number): Promise<string[]> {
  const ids: string[] = []
  const authors = communityAuthors(count, SEED)
  for (let index = 0; index < count; index += 100) {
    const entered = authors.slice(index, index + 100).map(async ({ email, username, name, locale, bio, image }) => {
      const userId = newId()
      await platform.client(user).createUser({ userId, email, name, username, locale })
      await platform.client(user).changeMember({ userId, bio, image })
      return userId
    })
    ids.push(...(await Promise.all(entered)))
  }
  const follows = communityFollows({ authors: count, seed: SEED })
  for (let index = 0; index < follows.length; index += 10_000) {
    await platform.client(profile).loadFollows({
      follows: follows.slice(index, index + 10_000).map(({ follower, followed }) => ({
        followerId: ids[follower] as string,
        followedId: ids[followed] as string,
      })),
    })
  }
  return ids
}
