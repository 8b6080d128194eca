import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type ArticleSummary, forged, type Member, type RealWorld } from './client.ts'

export interface Page {
  articles: ArticleSummary[]
  articlesCount: number
}

export const NOTHING: Page = { articles: [], articlesCount: 0 }

export function listsRules(realworld: () => RealWorld): void {
  pages(realworld)
  filters(realworld)
  readers(realworld)
}

function pages(realworld: () => RealWorld): void {
  describe('the list of articles', () => {
    it('has everything but the bodies, and the number of articles', async () => {
      const tag = realworld().unique('tag')
      const { path, body, ...summary } = await realworld().publish(await realworld().register(), { tagList: [tag] })
      const answer = await realworld().call('GET', `/articles?tag=${tag}`)

      assert.equal(answer.status, 200)
      assert.deepEqual(answer.body, { articles: [summary], articlesCount: 1 })
    })

    it('needs no filter', async () => {
      const { slug } = await realworld().publish(await realworld().register())
      const { articles, articlesCount } = await list(realworld(), '')

      assert.ok(slugs(articles).includes(slug))
      assert.ok(articlesCount >= articles.length)
    })

    it('is ordered by age, newest first', async () => {
      const { tag, newestFirst } = await several(realworld(), 4)

      assert.deepEqual(slugs((await list(realworld(), `tag=${tag}`)).articles), newestFirst)
    })

    it('has twenty articles by default', async () => {
      const { tag, newestFirst } = await several(realworld(), 21)
      const { articles, articlesCount } = await list(realworld(), `tag=${tag}`)

      assert.deepEqual(slugs(articles), newestFirst.slice(0, 20))
      assert.equal(articlesCount, 21)
    })

    it('comes in pages, each with the total count', async () => {
      const { tag, newestFirst } = await several(realworld(), 3)
      const first = await list(realworld(), `tag=${tag}&limit=1`)
      const second = await list(realworld(), `tag=${tag}&limit=1&offset=1`)

      assert.deepEqual([...slugs(first.articles), ...slugs(second.articles)], newestFirst.slice(0, 2))
      assert.deepEqual([first.articlesCount, second.articlesCount], [3, 3])
    })

    it('is empty beyond its end, with the total count', async () => {
      const { tag } = await several(realworld(), 2)

      assert.deepEqual(await list(realworld(), `tag=${tag}&offset=2`), { articles: [], articlesCount: 2 })
    })

    it('is refused with a wrong token', async () => {
      const as = forged(await realworld().register())

      assert.equal((await realworld().call('GET', '/articles', { as })).status, 401)
    })

    for (const query of ['limit=0', 'limit=-1', 'limit=x', 'offset=-1']) {
      it(`with ${query} is refused`, async () => {
        const { status, body } = await realworld().call('GET', `/articles?${query}`)

        assert.equal(status, 422)
        assert.deepEqual(Object.keys(body.errors), [query.split('=')[0]])
      })
    }
  })
}

function filters(realworld: () => RealWorld): void {
  describe('the list of articles', () => {
    it('by tag has the articles with that tag', async () => {
      const author = await realworld().register()
      const [tag, otherTag] = [realworld().unique('tag'), realworld().unique('tag')]
      const one = await realworld().publish(author, { tagList: [tag] })
      const both = await realworld().publish(author, { tagList: [otherTag, tag] })
      await realworld().publish(author, { tagList: [otherTag] })

      const { articles, articlesCount } = await list(realworld(), `tag=${tag}`)
      assert.deepEqual([slugs(articles), articlesCount], [slugs([both, one]), 2])
    })

    it('by author has the articles of that author', async () => {
      const [author, other] = [await realworld().register(), await realworld().register()]
      const own = await realworld().publish(author)
      await realworld().publish(other)

      const { articles, articlesCount } = await list(realworld(), `author=${author.username}`)
      assert.deepEqual([slugs(articles), articlesCount], [[own.slug], 1])
    })

    it('by favourite has those of the named reader, whoever asks', async () => {
      const [author, reader] = [await realworld().register(), await realworld().register()]
      const liked = await realworld().publish(author)
      await realworld().publish(author)
      await realworld().favorite(reader, liked)

      for (const as of [undefined, author, reader]) {
        const { articles, articlesCount } = await list(realworld(), `favorited=${reader.username}`, as)
        assert.deepEqual([slugs(articles), articlesCount], [[liked.slug], 1])
      }
    })

    it('by an empty value is not filtered, because some clients send that', async () => {
      const tag = realworld().unique('tag')
      const { slug } = await realworld().publish(await realworld().register(), { tagList: [tag] })

      const { articles } = await list(realworld(), `tag=${tag}&author=&favorited=`)
      assert.deepEqual(slugs(articles), [slug])
      assert.ok((await list(realworld(), 'tag=')).articlesCount >= 1)
    })

    it('by tag and author has the articles that match both', async () => {
      const [author, other] = [await realworld().register(), await realworld().register()]
      const tag = realworld().unique('tag')
      const fitting = await realworld().publish(author, { tagList: [tag] })
      await realworld().publish(author)
      await realworld().publish(other, { tagList: [tag] })

      const { articles, articlesCount } = await list(realworld(), `tag=${tag}&author=${author.username}`)
      assert.deepEqual([slugs(articles), articlesCount], [[fitting.slug], 1])
    })

    for (const filter of ['tag', 'author', 'favorited']) {
      it(`by an unknown ${filter} is empty`, async () => {
        assert.deepEqual(await list(realworld(), `${filter}=${realworld().unique('unknown')}`), NOTHING)
      })
    }
  })
}

function readers(realworld: () => RealWorld): void {
  describe('the list of articles', () => {
    it('tells readers whether they follow each author', async () => {
      const [author, reader] = [await realworld().register(), await realworld().register()]
      await realworld().publish(author)
      await realworld().follow(reader, author)
      const following = async (as?: Member) =>
        (await list(realworld(), `author=${author.username}`, as)).articles.map((article) => article.author.following)

      assert.deepEqual(await following(reader), [true])
      assert.deepEqual(await following(author), [false])
      assert.deepEqual(await following(), [false])
    })

    it('tells readers which articles are their favourites', async () => {
      const [author, reader] = [await realworld().register(), await realworld().register()]
      await realworld().favorite(reader, await realworld().publish(author))
      const favorites = async (as?: Member) =>
        (await list(realworld(), `author=${author.username}`, as)).articles.map((article) => [
          article.favorited,
          article.favoritesCount,
        ])

      assert.deepEqual(await favorites(reader), [[true, 1]])
      assert.deepEqual(await favorites(author), [[false, 1]])
      assert.deepEqual(await favorites(), [[false, 1]])
    })
  })
}

export function slugs(articles: readonly { slug: string }[]): string[] {
  return articles.map(({ slug }) => slug)
}

function list(world: RealWorld, query: string, as?: { token: string }): Promise<Page> {
  return world.get(`/articles?${query}`, as)
}

/** Publishes articles one after the other, with a unique tag. */
async function several(world: RealWorld, count: number) {
  const tag = world.unique('tag')
  const author = await world.register()
  const newestFirst: string[] = []
  while (newestFirst.length < count) newestFirst.unshift((await world.publish(author, { tagList: [tag] })).slug)
  return { tag, newestFirst }
}
