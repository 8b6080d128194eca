import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Article, assertRefused, type RealWorld } from './client.ts'
import { slugs } from './lists.ts'

export function favoritesRules(realworld: () => RealWorld): void {
  describe('a favourite', () => {
    it('returns the whole article, and persists', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      const { status, body } = await ask(realworld(), 'POST', article, reader)

      assert.equal(status, 200)
      const { path, ...expected } = { ...article, favorited: true, favoritesCount: 1 }
      assert.deepEqual(body, { article: expected })
      assert.deepEqual(await realworld().get(path, reader), { article: expected })
    })

    it('that is made twice counts once', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      await ask(realworld(), 'POST', article, reader)

      assert.deepEqual(marks(await ask(realworld(), 'POST', article, reader)), [200, true, 1])
      assert.deepEqual(marks(await realworld().call('GET', article.path, { as: reader })), [200, true, 1])
    })

    it('that is removed returns the whole article, and stays removed', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      await ask(realworld(), 'POST', article, reader)
      const { status, body } = await ask(realworld(), 'DELETE', article, reader)

      assert.equal(status, 200)
      const { path, ...expected } = article
      assert.deepEqual(body, { article: expected })
      assert.deepEqual(await realworld().get(path, reader), { article: expected })
    })

    it('that is removed twice leaves none', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      await ask(realworld(), 'POST', article, reader)
      await ask(realworld(), 'DELETE', article, reader)

      assert.deepEqual(marks(await ask(realworld(), 'DELETE', article, reader)), [200, false, 0])
    })

    it('adds up with those of others, and each reader sees their own', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      const other = await realworld().register()
      await ask(realworld(), 'POST', article, reader)
      assert.deepEqual(marks(await realworld().call('GET', article.path, { as: other })), [200, false, 1])
      assert.deepEqual(marks(await ask(realworld(), 'POST', article, other)), [200, true, 2])

      await ask(realworld(), 'DELETE', article, reader)

      assert.deepEqual(marks(await realworld().call('GET', article.path, { as: reader })), [200, false, 1])
      assert.deepEqual(marks(await realworld().call('GET', article.path, { as: other })), [200, true, 1])
      assert.deepEqual(marks(await realworld().call('GET', article.path)), [200, false, 1])
    })

    it('is in the reader’s list until it is removed', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      const favorites = async () => slugs((await realworld().get(`/articles?favorited=${reader.username}`)).articles)
      await ask(realworld(), 'POST', article, reader)
      assert.deepEqual(await favorites(), [article.slug])

      await ask(realworld(), 'DELETE', article, reader)

      assert.deepEqual(await favorites(), [])
    })

    for (const [method, verb] of [
      ['POST', 'made'],
      ['DELETE', 'removed'],
    ] as const) {
      it(`cannot be ${verb} without a token`, async () => {
        const { article } = await readerAndArticle(realworld())

        assertRefused(await ask(realworld(), method, article), 401, 'token', 'is missing')
      })

      it(`cannot be ${verb} of an article that does not exist`, async () => {
        const nowhere = { path: realworld().articlePath(realworld().unique('nothing')) }
        const answer = await ask(realworld(), method, nowhere, await realworld().register())

        assertRefused(answer, 404, 'article', 'not found')
      })
    }
  })
}

async function readerAndArticle(world: RealWorld) {
  return { reader: await world.register(), article: await world.publish(await world.register()) }
}

function ask(world: RealWorld, method: 'POST' | 'DELETE', { path }: { path: string }, as?: { token: string }) {
  return world.call(method, `${path}/favorite`, { ...(as && { as }) })
}

function marks({ status, body }: { status: number; body: { article?: Article } }) {
  return [status, body.article?.favorited, body.article?.favoritesCount]
}
