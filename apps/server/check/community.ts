/**
 * Checks articles, comments and follows: stored counts are right, and nothing of deleted articles or members is left.
 */
import * as articles from '@doran/article/invariants'
import * as comments from '@doran/comment/invariants'
import * as follows from '@doran/profile/invariants'
import { readStatuses } from '@doran/user/invariants'
import type { CheckContext } from './context.ts'
import { FIRST_ID, type Scan, suspectsOf } from './scan.ts'

const PAGE_SIZE = 2_000
const invariants = ['community-whole'] as const

export function communityScans(context: CheckContext): Scan[] {
  return [authors(context), threads(context), members(context)]
}

function authors(context: CheckContext): Scan {
  const article = context.database('article')
  return {
    invariants,
    page: (after = FIRST_ID) => articles.pageAuthors(article, after, PAGE_SIZE),
    async inspect(ids) {
      const miscounted = await articles.findMiscountedAuthors(article, ids)
      const known = await readStatuses(context.database('user'), ids)
      const strangers = ids.filter((id) => !known.has(id)).map((id) => ({ id, what: 'has written and is no member' }))
      return suspectsOf('community-whole', [...miscounted, ...strangers])
    },
  }
}

/** The thread of a deleted article must be closed and empty. */
function threads(context: CheckContext): Scan {
  return {
    invariants,
    page: (after = FIRST_ID) => comments.pageThreads(context.database('comment'), after, PAGE_SIZE),
    async inspect(ids) {
      const found = await comments.readThreads(context.database('comment'), ids)
      const existing = await articles.findArticleIds(context.database('article'), ids)
      const left = found.flatMap(({ articleId: id, closed, comments }) => {
        if (closed && comments > 0) return [{ id, what: `${comments} comments on an article that is gone` }]
        return closed || existing.has(id) ? [] : [{ id, what: 'the article is gone, and its comments are not closed' }]
      })
      return suspectsOf('community-whole', left)
    },
  }
}

function members(context: CheckContext): Scan {
  const profile = context.database('profile')
  return {
    invariants,
    page: (after = FIRST_ID) => follows.pageFollowing(profile, after, PAGE_SIZE),
    async inspect(ids) {
      const following = await follows.findFollowing(profile, ids)
      const statuses = await readStatuses(context.database('user'), following)
      const gone = following.filter((id) => (statuses.get(id) ?? 'withdrawn') === 'withdrawn')
      return suspectsOf(
        'community-whole',
        gone.map((id) => ({ id, what: 'follows or is followed and is no member any more' })),
      )
    },
  }
}
