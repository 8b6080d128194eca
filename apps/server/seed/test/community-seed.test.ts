import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type ArticleSummary, article } from '@doran/article/contract'
import { comment } from '@doran/comment/contract'
import { sql } from '@doran/kernel'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { profile } from '@doran/profile/contract'
import { user } from '@doran/user/contract'
import { identity, services } from '../../services.ts'
import { seedCommunity } from '../community-seed.ts'

describe('the sample community', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await startPlatform({ services, identity })
    await seedCommunity(platform, platform.log)
  })
  after(() => platform.close())

  /** Counts the rows of the tables. */
  const counts = () =>
    platform.database('article').one<Record<string, number>>(sql`
      select (select count(*) from article.articles) as articles, (select count(*) from article.favorites) as favorites,
             (select sum(favorites) from article.articles) as counted, (select count(*) from comment.comments) as comments,
             (select count(*) from profile.follows) as follows, (select count(*) from auth.accounts) as accounts`)

  it('has 50 authors, 1,000 articles, 5,000 comments and 10,000 favourites, all counted', async () => {
    const { follows = 0, ...others } = await counts()

    assert.deepEqual(others, { articles: 1_000, favorites: 10_000, counted: 10_000, comments: 5_000, accounts: 50 })
    assert.ok(follows >= 150)
    assert.equal((await platform.api(article).listArticles()).articlesCount, 1_000)
  })

  it('is loaded once, however often the command runs, and later changes stay', async () => {
    const before = await counts()
    const [newest] = (await platform.api(article).listArticles({ limit: 1 })).articles
    const { author, slug } = newest as ArticleSummary
    const { userId } = await platform.client(user).getMemberByName({ username: author.username })
    await platform.client(user).changeMember({ userId, username: 'a name of my own', bio: null })

    await seedCommunity(platform, platform.log)

    assert.deepEqual(await counts(), before)
    const shown = (await platform.api(article).getArticle({ slug })).article.author
    assert.deepEqual([shown.username, shown.bio], ['a name of my own', null])
  })

  it('reads as if people had written it over two years, and lists the newest article first', async () => {
    const { articles } = await platform.api(article).listArticles({ limit: 500 })
    const times = articles.map(({ createdAt }) => createdAt)
    assert.deepEqual(times, times.toSorted().reverse())
    assert.ok(articles.every(({ title, tagList }) => title.length > 3 && tagList.length > 0))

    const { slug } = articles.toSorted((a, b) => b.favoritesCount - a.favoritesCount)[0] as ArticleSummary
    const { comments } = await platform.api(comment).listComments({ slug })
    const { article: liked } = await platform.api(article).getArticle({ slug })
    assert.ok(liked.body.length > 500)
    for (const { createdAt } of comments) assert.ok(createdAt > liked.createdAt)
    const { profile: shown } = await platform.api(profile).getProfile({ username: liked.author.username })
    assert.ok(shown.bio)
    assert.match(shown.image ?? '', /^\/pictures\/people\/[a-z-]+\.avif$/)
  })
})
