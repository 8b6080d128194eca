import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertRefused, forged, type RealWorld } from './client.ts'
import { NOTHING, type Page, slugs } from './lists.ts'

export function feedRules(realworld: () => RealWorld): void {
  describe('the feed', () => {
    it('of a new member is empty', async () => {
      const { status, body } = await realworld().call('GET', '/articles/feed', { as: await realworld().register() })

      assert.deepEqual([status, body], [200, NOTHING])
    })

    it('has the articles of authors whom the reader follows, without their bodies', async () => {
      const [reader, author] = await readerAndAuthor(realworld())
      const { path, body, ...summary } = await realworld().publish(author)

      assert.deepEqual(await feed(realworld(), reader), {
        articles: [{ ...summary, author: { ...summary.author, following: true } }],
        articlesCount: 1,
      })
    })

    it('has articles that were published before the reader followed', async () => {
      const [reader, author] = [await realworld().register(), await realworld().register()]
      const { slug } = await realworld().publish(author)
      await realworld().follow(reader, author)

      assert.deepEqual(slugs((await feed(realworld(), reader)).articles), [slug])
    })

    it('has no articles of authors whom the reader does not follow', async () => {
      const [reader, author] = await readerAndAuthor(realworld())
      const { slug } = await realworld().publish(author)
      await realworld().publish(await realworld().register())

      const { articles, articlesCount } = await feed(realworld(), reader)
      assert.deepEqual([slugs(articles), articlesCount], [[slug], 1])
    })

    it('has no articles of the reader', async () => {
      const [reader, author] = await readerAndAuthor(realworld())
      const { slug } = await realworld().publish(author)
      await realworld().publish(reader)

      const { articles, articlesCount } = await feed(realworld(), reader)
      assert.deepEqual([slugs(articles), articlesCount], [[slug], 1])
    })

    it('has the articles of several authors, newest first', async () => {
      const [reader, author] = await readerAndAuthor(realworld())
      const other = await realworld().register()
      await realworld().follow(reader, other)
      const published = []
      for (const by of [author, other, author]) published.unshift(await realworld().publish(by))

      const { articles, articlesCount } = await feed(realworld(), reader)
      assert.deepEqual([slugs(articles), articlesCount], [slugs(published), 3])
    })

    it('has twenty articles by default', async () => {
      const [reader, author] = await readerAndAuthor(realworld())
      for (let count = 0; count < 21; count++) await realworld().publish(author)

      const { articles, articlesCount } = await feed(realworld(), reader)
      assert.deepEqual([articles.length, articlesCount], [20, 21])
    })

    it('comes in pages, each with the total count', async () => {
      const [reader, author] = await readerAndAuthor(realworld())
      const published = []
      for (let count = 0; count < 3; count++) published.unshift(await realworld().publish(author))

      const first = await feed(realworld(), reader, '?limit=1')
      const second = await feed(realworld(), reader, '?limit=1&offset=1')
      assert.deepEqual([...slugs(first.articles), ...slugs(second.articles)], slugs(published.slice(0, 2)))
      assert.deepEqual([first.articlesCount, second.articlesCount], [3, 3])
    })

    it('is empty again at once when the reader unfollows', async () => {
      const [reader, author] = await readerAndAuthor(realworld())
      await realworld().publish(author)
      await realworld().call('DELETE', `${realworld().profilePath(author.username)}/follow`, { as: reader })

      assert.deepEqual(await feed(realworld(), reader), NOTHING)
    })

    it('is refused without a token', async () => {
      assertRefused(await realworld().call('GET', '/articles/feed'), 401, 'token', 'is missing')
    })

    it('is refused with a forged token', async () => {
      const as = forged(await realworld().register())

      assert.equal((await realworld().call('GET', '/articles/feed', { as })).status, 401)
    })
  })
}

async function readerAndAuthor(world: RealWorld) {
  const [reader, author] = [await world.register(), await world.register()]
  await world.follow(reader, author)
  return [reader, author] as const
}

function feed(world: RealWorld, as: { token: string }, query = ''): Promise<Page> {
  return world.get(`/articles/feed${query}`, as)
}
