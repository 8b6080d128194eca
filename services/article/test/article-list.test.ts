import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { profile } from '@doran/profile/contract'
import { article } from '../contract.ts'
import { type Community, type Member, startCommunity } from './community.ts'
import { statementsOf } from './statements.ts'

describe('a list of articles', () => {
  let community: Community
  let reader: Member
  const authors: Member[] = []
  before(async () => {
    // Without a cache every list runs all the statements that it may ever need. Direct mode sends each call only once.
    community = await startCommunity({ environment: { CACHE_ENTRIES: '0' }, mode: 'direct' })
    reader = await community.member()
    for (let number = 0; number < 25; number++) {
      const author = await community.member()
      authors.push(author)
      const { slug } = await community.publish(author, { tagList: ['all', number < 2 ? 'few' : 'many'] })
      await community.api(article, reader).favoriteArticle({ slug })
      await community.api(profile, reader).followProfile({ username: author.username })
    }
  })
  after(() => community.close())

  const counted = (path: string, as?: Member) =>
    statementsOf(async () => {
      const { status } = await community.request('GET', path, as && { as })
      assert.equal(status, 200)
    })

  for (const [what, query, anonymous, signedIn] of [
    ['all', '', 2, 3],
    ['a tag', '&tag=all', 2, 3],
    ['a tag and a reader’s favourites', '&tag=many&favorited=READER', 3, 4],
    ['the favourites of a reader', '&favorited=READER', 3, 4],
  ] as const) {
    it(`needs the same few statements for one article as for 25: ${what}`, async () => {
      const filter = query.replace('READER', encodeURIComponent(reader.username))
      const [one, many] = [`/api/articles?limit=1${filter}`, `/api/articles?limit=25${filter}`]

      assert.equal((await counted(one)).length, anonymous)
      assert.equal((await counted(many)).length, anonymous)
      assert.equal((await counted(one, reader)).length, signedIn)
      assert.equal((await counted(many, reader)).length, signedIn)
    })
  }

  it('needs the same few statements for one article as for 25: the feed', async () => {
    assert.equal((await counted('/api/articles/feed?limit=1', reader)).length, 3)
    assert.equal((await counted('/api/articles/feed?limit=25', reader)).length, 3)
  })

  it('needs one statement when the authors are cached', async () => {
    const warm = await startCommunity({ mode: 'direct' })
    for (let number = 0; number < 3; number++) await warm.publish(await warm.member())
    await warm.request('GET', '/api/articles')

    const statements = await statementsOf(() => warm.request('GET', '/api/articles'))

    assert.equal(statements.length, 1)
    await warm.close()
  })

  it('is measured by a counter that sees every statement', async () => {
    const tags = (times: number) =>
      statementsOf(async () => {
        for (let n = 0; n < times; n++) await community.request('GET', '/api/tags')
      })

    assert.equal((await tags(1)).length, 1)
    assert.equal((await tags(3)).length, 3)
  })

  it('is paged newest first without gaps or repetitions', async () => {
    const slugs: string[] = []
    for (let offset = 0; offset < 25; offset += 7) {
      const page = await community.api(article).listArticles({ tag: 'all', limit: 7, offset })
      assert.equal(page.articlesCount, 25)
      slugs.push(...page.articles.map(({ slug }) => slug))
      const times = page.articles.map(({ createdAt }) => createdAt)
      assert.deepEqual(times, times.toSorted().reverse())
    }

    assert.equal(new Set(slugs).size, 25)
  })

  it('has the full count on a page beyond the end', async () => {
    const page = await community.api(article).listArticles({ tag: 'many', offset: 1_000 })

    assert.deepEqual(page, { articles: [], articlesCount: 23 })
  })

  it('combines filters', async () => {
    const [author] = authors as [Member]
    const list = (filter: { tag?: string; author?: string; favorited?: string }) =>
      community.api(article).listArticles(filter)

    assert.equal((await list({ author: author.username, tag: 'few' })).articlesCount, 1)
    assert.equal((await list({ author: author.username, tag: 'many' })).articlesCount, 0)
    assert.equal((await list({ author: author.username, favorited: reader.username })).articlesCount, 1)
    assert.equal((await list({ tag: 'many', favorited: reader.username })).articlesCount, 23)
    assert.equal((await list({ favorited: author.username })).articlesCount, 0)
  })
})

describe('a list of thousands of articles', () => {
  let community: Community
  let author: Member
  const load = () =>
    community.client(article).loadArticles({
      articles: Array.from({ length: 1_000 }, (_, n) => ({
        slug: `loaded-${n}`,
        authorId: author.id,
        title: `Loaded ${n}`,
        description: 'About it',
        body: 'Text',
        tagList: ['every', ...(n % 10 === 0 ? ['tenth'] : [])],
        createdAt: new Date(Date.UTC(2025, 0, 1) + n * 1_000).toISOString(),
      })),
    })
  before(async () => {
    community = await startCommunity()
    author = await community.member()
    await load()
    await community.database('article').run(sql`analyze article.articles, article.tagged`)
  })
  after(() => community.close())

  it('is ordered by the creation times they were loaded with, and counted', async () => {
    const page = await community.api(article).listArticles({ tag: 'tenth', limit: 3 })

    assert.deepEqual(
      page.articles.map(({ slug, createdAt }) => [slug, createdAt]),
      [
        ['loaded-990', '2025-01-01T00:16:30.000Z'],
        ['loaded-980', '2025-01-01T00:16:20.000Z'],
        ['loaded-970', '2025-01-01T00:16:10.000Z'],
      ],
    )
    assert.equal(page.articlesCount, 100)
  })

  it('is the same after they were loaded again', async () => {
    const before = await community.api(article).listArticles({ tag: 'every' })

    const { articleIds } = await load()

    assert.equal(new Set(articleIds).size, 1_000)
    assert.deepEqual(await community.api(article).listArticles({ tag: 'every' }), before)
  })

  it('counts loaded favourites once', async () => {
    const { articleIds } = await load()
    const reader = await community.member()
    const favorites = articleIds.slice(0, 3).map((articleId) => ({ userId: reader.id, articleId }))

    await community.client(article).loadFavorites({ favorites })
    await community.client(article).loadFavorites({ favorites })

    const { articles } = await community.api(article).listArticles({ favorited: reader.username })
    assert.deepEqual(
      articles.map(({ favoritesCount }) => favoritesCount),
      [1, 1, 1],
    )
  })

  for (const [what, ids] of [
    ['all', sql`select id from article.articles where hidden_at is null order by id desc limit ${20} offset ${0}`],
    ['a tag', sql`select article_id from article.tagged where tag = ${'every'} order by article_id desc limit ${20}`],
  ] as const) {
    it(`walks an index backwards and sorts only its page: ${what}`, async () => {
      const rows = await community.database('article').all<{ 'QUERY PLAN': string }>(sql`
        explain select a.id from article.articles a where a.id = any (array(${ids})) order by a.id desc`)
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n')

      assert.match(plan, /Index (?:Only )?Scan Backward/)
      assert.doesNotMatch(plan, /Seq Scan|Hash/)
    })
  }
})
