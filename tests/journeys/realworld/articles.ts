import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Article, assertRefused, BLANKS, type Published, type RealWorld, TIMESTAMP } from './client.ts'

const TEXTS = ['title', 'description', 'body'] as const

export function articlesRules(realworld: () => RealWorld): void {
  publishing(realworld)
  reading(realworld)
  changing(realworld)
  refusedChanges(realworld)
  deleting(realworld)
}

function publishing(realworld: () => RealWorld): void {
  describe('publishing an article', () => {
    const written = { title: 'A day out', description: 'About a day', body: 'It began early.' }

    it('returns it as written, with its author', async () => {
      const author = await realworld().register()
      const tagList = ['outdoors']
      const { status, body } = await publish(realworld(), author, { ...written, tagList })

      assert.equal(status, 201)
      const { slug, createdAt, updatedAt, ...article } = body.article as Article
      assert.match(slug, /\S/)
      assert.match(createdAt, TIMESTAMP)
      assert.match(updatedAt, TIMESTAMP)
      const { username } = author
      assert.deepEqual(article, {
        ...{ ...written, tagList },
        ...{ favorited: false, favoritesCount: 0 },
        author: { username, bio: null, image: null, following: false },
      })
    })

    it('keeps the order of its tags', async () => {
      const { path } = await realworld().publish(await realworld().register(), { tagList: ['zeta', 'alpha', 'mu'] })

      assert.deepEqual((await read(realworld(), path)).tagList, ['zeta', 'alpha', 'mu'])
    })

    it('without tags returns an empty list of tags', async () => {
      const { tagList } = await realworld().publish(await realworld().register())

      assert.deepEqual(tagList, [])
    })

    it('under a used title creates another slug', async () => {
      const author = await realworld().register()
      const first = await realworld().publish(author, { title: written.title })
      const second = await realworld().publish(author, { title: written.title })

      assert.notEqual(first.slug, second.slug)
    })

    it('twice at the same moment under one title creates two slugs', async () => {
      const [one, other] = [await realworld().register(), await realworld().register()]
      const title = realworld().unique('Twins ')
      const articles = await Promise.all([one, other].map((author) => realworld().publish(author, { title })))

      assert.equal(new Set(articles.map(({ slug }) => slug)).size, 2)
    })

    for (const [what, title] of [
      ['a Korean title', '도란도란 나누는 이야기'],
      ['a title of emoji only', '🎈🎉'],
      ['the title “Feed”', 'Feed'],
    ] as const) {
      it(`under ${what} is found by its slug`, async () => {
        const author = await realworld().register()
        const { path } = await realworld().publish(author, { title })

        const found = await read(realworld(), path)
        assert.deepEqual([found.title, found.author.username], [title, author.username])
      })
    }

    it('keeps Markdown with HTML byte for byte', async () => {
      const body = ' # Hi\r\n\r\n<script>alert("1 & 2")</script>\t*가* &amp; \\n 🎈\n```ts\nconst a = `b`\n```\n  '
      const { path, body: answered } = await realworld().publish(await realworld().register(), { body })

      assert.equal(answered, body)
      assert.equal((await read(realworld(), path)).body, body)
    })

    it('accepts a body of 100,000 characters', async () => {
      const body = 'x'.repeat(100_000)
      const { path } = await realworld().publish(await realworld().register(), { body })

      assert.equal((await read(realworld(), path)).body.length, 100_000)
    })

    it('without a token is refused', async () => {
      assertRefused(await publish(realworld(), undefined, written), 401, 'token', 'is missing')
    })

    it('without a token is refused before its content is validated', async () => {
      assertRefused(await publish(realworld(), undefined, { title: '' }), 401, 'token', 'is missing')
    })

    for (const field of TEXTS) {
      for (const [how, blank] of Object.entries(BLANKS)) {
        it(`with ${how} ${field} is refused on its key`, async () => {
          const answer = await publish(realworld(), await realworld().register(), { ...written, [field]: blank })

          assertRefused(answer, 422, field, "can't be blank")
        })
      }
    }

    for (const [field, length] of Object.entries({ title: 10_000, body: 100_001 })) {
      it(`with a ${field} of ${length.toLocaleString('en')} characters is refused on its key`, async () => {
        const tooLong = { ...written, [field]: 'x'.repeat(length) }

        assertRefused(await publish(realworld(), await realworld().register(), tooLong), 422, field)
      })
    }
  })
}

function reading(realworld: () => RealWorld): void {
  describe('reading an article', () => {
    it('needs no token', async () => {
      const { path, ...published } = await realworld().publish(await realworld().register())
      const { status, body } = await realworld().call('GET', path)

      assert.equal(status, 200)
      assert.deepEqual(body, { article: published })
    })

    it('tells followers of the author that they follow', async () => {
      const [author, reader] = [await realworld().register(), await realworld().register()]
      const { path } = await realworld().publish(author)
      await realworld().follow(reader, author)

      assert.equal((await read(realworld(), path, reader)).author.following, true)
      assert.equal((await read(realworld(), path)).author.following, false)
    })

    it('that does not exist is refused', async () => {
      const answer = await realworld().call('GET', unknown(realworld()))

      assertRefused(answer, 404, 'article', 'not found')
    })
  })
}

function changing(realworld: () => RealWorld): void {
  describe('changing an article', () => {
    it('in its body alone leaves the rest, and persists', async () => {
      const { author, article } = await published(realworld())
      const { status, body } = await change(realworld(), article, { body: 'New words' }, author)

      assert.equal(status, 200)
      const { updatedAt, ...rest } = body.article as Article
      const { path, updatedAt: _before, ...expected } = { ...article, body: 'New words' }
      assert.deepEqual(rest, expected)
      assert.deepEqual(await read(realworld(), path), { ...expected, updatedAt })
    })

    it('keeps the exact time of its creation, and moves the time of its change', async () => {
      const { author, article } = await published(realworld())
      const { createdAt, updatedAt } = (await change(realworld(), article, { body: 'New words' }, author)).body.article

      assert.equal(createdAt, article.createdAt)
      assert.match(updatedAt, TIMESTAMP)
      assert.ok(updatedAt > article.updatedAt, `${updatedAt} is not after ${article.updatedAt}`)
    })

    it('without mentioning tags keeps them', async () => {
      const { author, article } = await published(realworld(), { tagList: ['one', 'two'] })
      await change(realworld(), article, { description: 'Another' }, author)

      assert.deepEqual((await read(realworld(), article.path)).tagList, ['one', 'two'])
    })

    for (const [what, tagList] of [
      ['no tags at all clears them', []],
      ['other tags replaces them', ['three', 'one']],
    ] as const) {
      it(`to ${what}, and persists`, async () => {
        const { author, article } = await published(realworld(), { tagList: ['one', 'two'] })
        const { status, body } = await change(realworld(), article, { tagList }, author)

        assert.deepEqual([status, body.article?.tagList], [200, tagList])
        assert.deepEqual((await read(realworld(), article.path)).tagList, tagList)
      })
    }

    it('in its title creates a new slug, under which it is found', async () => {
      const { author, article } = await published(realworld())
      const title = realworld().unique('Renamed ')
      const changed = (await change(realworld(), article, { title }, author)).body.article as Article

      assert.notEqual(changed.slug, article.slug)
      assert.deepEqual(await read(realworld(), realworld().articlePath(changed.slug)), changed)
    })

    it('in its title keeps the old slug working', async () => {
      const { author, article } = await published(realworld())
      const title = realworld().unique('Renamed ')
      await change(realworld(), article, { title }, author)

      assert.equal((await read(realworld(), article.path)).title, title)
    })
  })
}

function refusedChanges(realworld: () => RealWorld): void {
  describe('changing an article is refused', () => {
    it('to everybody except its author, and it stays as it was', async () => {
      const { article } = await published(realworld())
      const answer = await change(realworld(), article, { body: 'Mine now' }, await realworld().register())

      assertRefused(answer, 403, 'article', 'forbidden')
      const { path, ...before } = article
      assert.deepEqual(await read(realworld(), path), before)
    })

    it('if it does not exist', async () => {
      const nowhere = { path: unknown(realworld()) }
      const answer = await change(realworld(), nowhere, { body: 'Words' }, await realworld().register())

      assertRefused(answer, 404, 'article', 'not found')
    })

    it('without a token', async () => {
      const { article } = await published(realworld())

      assertRefused(await change(realworld(), article, { body: 'Words' }), 401, 'token', 'is missing')
    })

    it('without a token, before anyone learns whether it exists', async () => {
      const answer = await change(realworld(), { path: unknown(realworld()) }, { body: 'Words' })

      assertRefused(answer, 401, 'token', 'is missing')
    })

    it('for a blank title', async () => {
      const { author, article } = await published(realworld())

      assertRefused(await change(realworld(), article, { title: '' }, author), 422, 'title')
      assert.equal((await read(realworld(), article.path)).title, article.title)
    })

    it('for null tags', async () => {
      const { author, article } = await published(realworld(), { tagList: ['one'] })

      assertRefused(await change(realworld(), article, { tagList: null }, author), 422, 'tagList')
      assert.deepEqual((await read(realworld(), article.path)).tagList, ['one'])
    })
  })
}

function deleting(realworld: () => RealWorld): void {
  describe('deleting an article', () => {
    it('returns nothing', async () => {
      const { author, article } = await published(realworld())
      const { status, body } = await realworld().call('DELETE', article.path, { as: author })

      assert.deepEqual([status, body], [204, ''])
    })

    it('removes its slug', async () => {
      const { path } = await deleted(realworld())

      assertRefused(await realworld().call('GET', path), 404, 'article', 'not found')
    })

    it('removes its comments', async () => {
      const { path } = await deleted(realworld())

      assertRefused(await realworld().call('GET', `${path}/comments`), 404, 'article', 'not found')
    })

    it('removes it from lists', async () => {
      const { author } = await deleted(realworld())

      assert.deepEqual(await realworld().get(`/articles?author=${author.username}`), { articles: [], articlesCount: 0 })
    })

    it('empties the filter of its tag', async () => {
      const { tag } = await deleted(realworld())

      assert.deepEqual(await realworld().get(`/articles?tag=${tag}`), { articles: [], articlesCount: 0 })
    })

    it('is refused to everybody except its author', async () => {
      const { article } = await published(realworld())
      const answer = await realworld().call('DELETE', article.path, { as: await realworld().register() })

      assertRefused(answer, 403, 'article', 'forbidden')
      assert.equal((await read(realworld(), article.path)).slug, article.slug)
    })

    it('is refused if it does not exist', async () => {
      const as = await realworld().register()

      assertRefused(await realworld().call('DELETE', unknown(realworld()), { as }), 404, 'article', 'not found')
    })

    it('is refused without a token', async () => {
      const { article } = await published(realworld())

      assertRefused(await realworld().call('DELETE', article.path), 401, 'token', 'is missing')
      assert.equal((await read(realworld(), article.path)).slug, article.slug)
    })
  })
}

function publish(world: RealWorld, as: { token: string } | undefined, article: object) {
  return world.call('POST', '/articles', { ...(as && { as }), body: { article } })
}

async function published(world: RealWorld, overrides: Partial<Article> = {}) {
  const author = await world.register()
  return { author, article: await world.publish(author, overrides) }
}

/** Publishes an article with a unique tag and a comment, and deletes it. */
async function deleted(world: RealWorld) {
  const tag = world.unique('tag')
  const { author, article } = await published(world, { tagList: [tag] })
  await world.comment(author, article)
  assert.equal((await world.get(`/articles?tag=${tag}`)).articlesCount, 1)
  await world.call('DELETE', article.path, { as: author })
  return { author, tag, path: article.path }
}

function change(world: RealWorld, { path }: Pick<Published, 'path'>, article: object, as?: { token: string }) {
  return world.call('PUT', path, { ...(as && { as }), body: { article } })
}

async function read(world: RealWorld, path: string, as?: { token: string }): Promise<Article> {
  return (await world.get(path, as)).article
}

function unknown(world: RealWorld): string {
  return world.articlePath(world.unique('nothing'))
}
