import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sql, validate } from '@doran/kernel'
import { article, articleFavorited, articleUnfavorited } from '../contract.ts'
import { type Community, startCommunity } from './community.ts'

describe('counts', () => {
  let community: Community
  before(async () => {
    community = await startCommunity({ environment: { ARTICLES_PER_HOUR: '1000', REQUEST_TIMEOUT_MS: '60000' } })
  })
  after(() => community.close())

  /** The counters that differ from the rows. */
  const wrong = () =>
    community.database('article').all(sql`
      select 'tag ' || tag as what from article.tags t
      where articles <> (select count(*) from article.articles a where a.tags @> array[t.tag] and hidden_at is null)
         or articles <> (select count(*) from article.tagged g where g.tag = t.tag)
      union all
      select 'author ' || author_id from article.authors u
      where articles <> (select count(*) from article.articles a where a.author_id = u.author_id and hidden_at is null)
      union all
      select 'all' from article.total where articles <> (select count(*) from article.articles where hidden_at is null)`)

  it('of favourites are exact after 1,000 simultaneous changes', async () => {
    const { slug } = await community.publish(await community.member())
    const readers = await Promise.all(Array.from({ length: 500 }, () => community.user()))
    const [early, late] = [readers.slice(0, 250), readers.slice(250)]
    await Promise.all(early.map((reader) => community.api(article, reader).favoriteArticle({ slug })))

    // 250 readers remove theirs twice each, while 250 others add theirs twice each.
    await Promise.all([
      ...[...early, ...early].map((reader) => community.api(article, reader).unfavoriteArticle({ slug })),
      ...[...late, ...late].map((reader) => community.api(article, reader).favoriteArticle({ slug })),
    ])

    const { favoritesCount } = (await community.api(article).getArticle({ slug })).article
    const { rows } = await community
      .database('article')
      .one<{ rows: number }>(sql`select count(*) as rows from article.favorites`)
    assert.deepEqual([favoritesCount, rows], [250, 250])
    const [added, removed] = [await community.events(articleFavorited), await community.events(articleUnfavorited)]
    assert.deepEqual([added.length, removed.length], [500, 250])
    for (const event of [...added, ...removed]) assert.equal(validate(articleFavorited.data, event), undefined)
    const versions = [...added, ...removed].map(({ version }) => version)
    assert.equal(new Set(versions).size, 750)
  })

  it('of favourites reflect the last of a reader’s simultaneous changes', async () => {
    const { slug } = await community.publish(await community.member())
    const api = community.api(article, await community.user())

    await Promise.all(
      Array.from({ length: 50 }, (_, n) => (n % 2 ? api.favoriteArticle({ slug }) : api.unfavoriteArticle({ slug }))),
    )
    await api.favoriteArticle({ slug })

    const { article: shown } = await api.getArticle({ slug })
    assert.deepEqual([shown.favorited, shown.favoritesCount], [true, 1])
  })

  it('of tags, authors and all articles are exact after simultaneous changes by writers and moderators', async () => {
    const admin = await community.user(['admin'])
    const authors = await Promise.all(Array.from({ length: 6 }, () => community.member()))
    const tags = (n: number) => ['a', 'b', 'c', 'd', 'e', 'f'].filter((_, index) => (n >> index) & 1)

    await Promise.all(
      authors.map(async (author, who) => {
        for (let n = 0; n < 12; n++) {
          const { slug } = await community.publish(author, { title: 'Same', tagList: tags(n * 7 + who * 11) })
          const api = community.api(article, author)
          await Promise.all([
            api.updateArticle({ slug, tagList: tags(n * 13 + who * 5).reverse() }),
            community.api(article, admin).moderateArticle({ slug, hiddenBecause: 'Spam' }),
          ])
          if (n % 3 !== 0) await community.api(article, admin).moderateArticle({ slug, hiddenBecause: null })
          if (n % 4 === 0) await api.deleteArticle({ slug })
        }
      }),
    )

    assert.deepEqual(await wrong(), [])
    const { articlesCount } = await community.api(article).listArticles({ tag: 'a' })
    assert.ok(articlesCount > 0)
  })

  it('are exact when many are loaded while others publish under the same tags', async () => {
    const author = await community.member()
    const tagList = ['z', 'y', 'x', 'w']
    const load = (batch: number) =>
      community.client(article).loadArticles({
        articles: Array.from({ length: 100 }, (_, n) => ({
          slug: `loaded-${batch}-${n}`,
          authorId: author.id,
          title: 'Loaded',
          description: 'About it',
          body: 'Text',
          tagList,
          createdAt: '2026-01-01T00:00:00.000Z',
        })),
      })

    await Promise.all(
      Array.from({ length: 70 }, (_, n) => (n % 7 === 3 ? load(n) : community.publish(author, { tagList }))),
    )

    assert.deepEqual(await wrong(), [])
    assert.equal((await community.api(article).listArticles({ tag: 'z' })).articlesCount, 1_060)
  })

  it('are compared with the rows by a query that finds a wrong one', async () => {
    const db = community.database('article')
    await db.run(sql`update article.total set articles = articles + 1`)

    const { right } = await db.one<{ right: boolean }>(sql`
      select articles = (select count(*) from article.articles where hidden_at is null) as right from article.total`)

    assert.equal(right, false)
    await db.run(sql`update article.total set articles = articles - 1`)
  })
})
