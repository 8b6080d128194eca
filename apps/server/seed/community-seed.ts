import { randomBytes } from 'node:crypto'
import { slugOf } from '@doran/article'
import { article } from '@doran/article/contract'
import { auth } from '@doran/auth/contract'
import { comment } from '@doran/comment/contract'
import type { Platform } from '@doran/kernel/platform'
import { profile } from '@doran/profile/contract'
import { user } from '@doran/user/contract'
import {
  communityArticles,
  communityAuthors,
  communityComments,
  communityFavorites,
  communityFollows,
} from './community/community.ts'

const SEED = 1
const AUTHORS = 50
const ARTICLES = 1_000
const COMMENTS = 5_000
const FAVORITES = 10_000

/**
 * Loads the sample community: 50 authors who follow one another, their articles of two years, comments and favourites.
 * Each step leaves existing data alone, so the command may run again, even after it was interrupted.
 */
export async function seedCommunity(platform: Platform, log: Platform['log']): Promise<void> {
  const userIds = await ensureAuthors(platform)
  const idOf = (author: number) => userIds[author] as string
  const sizes = { authors: AUTHORS, seed: SEED, until: new Date() }

  const follows = communityFollows({ authors: AUTHORS, seed: SEED }).map(({ follower, followed }) => ({
    followerId: idOf(follower),
    followedId: idOf(followed),
  }))
  await platform.client(profile).loadFollows({ follows })

  const articleIds: string[] = []
  const slugs = new Set<string>()
  for (const batch of communityArticles({ count: ARTICLES, ...sizes })) {
    const articles = batch.map(({ author, tags, ...one }) => ({
      ...one,
      slug: freshSlug(slugs, one.title),
      authorId: idOf(author),
      tagList: tags,
    }))
    articleIds.push(...(await platform.client(article).loadArticles({ articles })).articleIds)
  }
  for (const batch of communityFavorites({ count: FAVORITES, articles: ARTICLES, ...sizes })) {
    const favorites = batch.map((one) => ({ userId: idOf(one.author), articleId: articleIds[one.article] as string }))
    await platform.client(article).loadFavorites({ favorites })
  }
  // One call, because articles that already have comments are left alone.
  const comments = [...communityComments({ count: COMMENTS, articles: ARTICLES, ...sizes })].flat()
  await platform.client(comment).loadComments({
    comments: comments.map((one) => ({
      articleId: articleIds[one.article] as string,
      authorId: idOf(one.author),
      body: one.body,
      createdAt: one.createdAt,
    })),
  })
  const loaded = { authors: AUTHORS, articles: ARTICLES, comments: COMMENTS, favorites: FAVORITES }
  log.info(loaded, 'the sample community is there')
}

/** Returns the same slugs for the same titles in the same order. */
function freshSlug(taken: Set<string>, title: string): string {
  const plain = slugOf(title)
  let slug = plain
  for (let number = 2; taken.has(slug); number++) slug = `${plain}-${number}`
  taken.add(slug)
  return slug
}

/**
 * Returns the user ids of the authors, whose accounts it creates if needed. Nobody knows their passwords, so nobody can
 * sign in to these accounts.
 */
async function ensureAuthors(platform: Platform): Promise<string[]> {
  const ids: string[] = []
  for (const { email, name, username, bio, image } of communityAuthors(AUTHORS, SEED)) {
    const password = randomBytes(32).toString('base64url')
    const { userId } = await platform.client(auth).ensureAccount({ email, name, password, roles: [] })
    ids.push(userId)
    const [member] = await platform.client(user).getMembers({ userIds: [userId] })
    // Leaves a member alone who has chosen a username. A username that somebody else has already is not set.
    if (!member?.username.startsWith('member-')) continue
    const taken = await platform.client(user).findMembers({ usernames: [username] })
    await platform.client(user).changeMember({ userId, bio, image, ...(taken.length === 0 && { username }) })
  }
  return ids
}
