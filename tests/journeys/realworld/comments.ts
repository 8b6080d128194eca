import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { assertRefused, BLANKS, type Comment, type RealWorld, TIMESTAMP } from './client.ts'

/** An id that no comment here has. */
const UNKNOWN_ID = 2_000_000_000

export function commentsRules(realworld: () => RealWorld): void {
  adding(realworld)
  reading(realworld)
  deleting(realworld)
}

function adding(realworld: () => RealWorld): void {
  describe('a comment', () => {
    it('is returned as written, with a number and its author', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      const { status, body } = await add(realworld(), article, { body: '<b>Well</b> said 🎈' }, reader)

      assert.equal(status, 201)
      const { id, createdAt, updatedAt, ...comment } = body.comment as Comment
      assert.ok(Number.isInteger(id))
      assert.match(createdAt, TIMESTAMP)
      assert.match(updatedAt, TIMESTAMP)
      const author = { username: reader.username, bio: null, image: null, following: false }
      assert.deepEqual(comment, { body: '<b>Well</b> said 🎈', author })
    })

    it('is refused on an article that does not exist', async () => {
      const answer = await add(realworld(), nowhere(realworld()), { body: 'Well' }, await realworld().register())

      assertRefused(answer, 404, 'article', 'not found')
    })

    it('is refused without a token', async () => {
      const { article } = await readerAndArticle(realworld())

      assertRefused(await add(realworld(), article, { body: 'Well' }), 401, 'token', 'is missing')
    })

    for (const [how, body] of Object.entries(BLANKS)) {
      it(`with ${how} body is refused on its key`, async () => {
        const { reader, article } = await readerAndArticle(realworld())

        assertRefused(await add(realworld(), article, { body }, reader), 422, 'body', "can't be blank")
      })
    }
  })
}

function reading(realworld: () => RealWorld): void {
  describe('the comments of an article', () => {
    it('are none at first', async () => {
      const { article } = await readerAndArticle(realworld())

      assert.deepEqual(await realworld().get(`${article.path}/comments`), { comments: [] })
    })

    it('are visible to everyone, newest first', async () => {
      const { reader, author, article } = await readerAndArticle(realworld())
      const comments = []
      for (const by of [reader, author, reader]) comments.unshift(await realworld().comment(by, article))
      const { status, body } = await realworld().call('GET', `${article.path}/comments`)

      assert.equal(status, 200)
      assert.deepEqual(body, { comments })
    })

    it('are only those of this article', async () => {
      const { reader, author, article } = await readerAndArticle(realworld())
      const other = await realworld().publish(author)
      const { id } = await realworld().comment(reader, article)
      await realworld().comment(reader, other)

      assert.deepEqual(await ids(realworld(), article), [id])
    })

    it('tell readers whether they follow each author', async () => {
      const { reader, author, article } = await readerAndArticle(realworld())
      await realworld().comment(author, article)
      await realworld().comment(reader, article)
      await realworld().follow(reader, author)
      const following = async (as?: { token: string }) => {
        const { comments } = await realworld().get(`${article.path}/comments`, as)
        return (comments as Comment[]).map((comment) => comment.author.following)
      }

      assert.deepEqual(await following(reader), [false, true])
      assert.deepEqual(await following(author), [false, false])
      assert.deepEqual(await following(), [false, false])
    })

    it('are not found if the article does not exist', async () => {
      const answer = await realworld().call('GET', `${nowhere(realworld()).path}/comments`)

      assertRefused(answer, 404, 'article', 'not found')
    })
  })
}

function deleting(realworld: () => RealWorld): void {
  describe('deleting a comment', () => {
    it('returns nothing and removes only that one', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      const kept = await realworld().comment(reader, article)
      const gone = await realworld().comment(reader, article)
      const { status, body } = await remove(realworld(), article, gone.id, reader)

      assert.deepEqual([status, body], [204, ''])
      assert.deepEqual(await ids(realworld(), article), [kept.id])
    })

    it('is refused to everybody except its author, and it survives', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      const { id } = await realworld().comment(reader, article)
      const answer = await remove(realworld(), article, id, await realworld().register())

      assertRefused(answer, 403, 'comment', 'forbidden')
      assert.deepEqual(await ids(realworld(), article), [id])
    })

    it('is refused even to the author of the article, and it survives', async () => {
      const { reader, author, article } = await readerAndArticle(realworld())
      const { id } = await realworld().comment(reader, article)

      assertRefused(await remove(realworld(), article, id, author), 403, 'comment', 'forbidden')
      assert.deepEqual(await ids(realworld(), article), [id])
    })

    it('is refused without a token, and it survives', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      const { id } = await realworld().comment(reader, article)

      assertRefused(await remove(realworld(), article, id), 401, 'token', 'is missing')
      assert.deepEqual(await ids(realworld(), article), [id])
    })

    it('is refused if the article does not exist', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      const { id } = await realworld().comment(reader, article)

      assertRefused(await remove(realworld(), nowhere(realworld()), id, reader), 404, 'article', 'not found')
    })

    it('is refused if no comment has this number', async () => {
      const { reader, article } = await readerAndArticle(realworld())

      assertRefused(await remove(realworld(), article, UNKNOWN_ID, reader), 404, 'comment', 'not found')
    })

    it('is refused the second time', async () => {
      const { reader, article } = await readerAndArticle(realworld())
      const { id } = await realworld().comment(reader, article)
      await remove(realworld(), article, id, reader)

      assertRefused(await remove(realworld(), article, id, reader), 404, 'comment', 'not found')
    })

    it('is refused below another article, and it survives', async () => {
      const { reader, author, article } = await readerAndArticle(realworld())
      const other = await realworld().publish(author)
      const { id } = await realworld().comment(reader, article)

      assertRefused(await remove(realworld(), other, id, reader), 404, 'comment', 'not found')
      assert.deepEqual(await ids(realworld(), article), [id])
    })

    for (const id of ['x', '1.5', '-1', '99999999999999999999']) {
      it(`under “${id}”, which no comment can have as its number, is refused`, async () => {
        const { reader, article } = await readerAndArticle(realworld())
        const { status } = await remove(realworld(), article, id, reader)

        assert.ok([404, 422].includes(status), `answered ${status}`)
      })
    }
  })
}

async function readerAndArticle(world: RealWorld) {
  const [reader, author] = [await world.register(), await world.register()]
  return { reader, author, article: await world.publish(author) }
}

function add(world: RealWorld, { path }: { path: string }, comment: object, as?: { token: string }) {
  return world.call('POST', `${path}/comments`, { ...(as && { as }), body: { comment } })
}

function remove(world: RealWorld, { path }: { path: string }, id: number | string, as?: { token: string }) {
  return world.call('DELETE', `${path}/comments/${id}`, { ...(as && { as }) })
}

async function ids(world: RealWorld, { path }: { path: string }): Promise<number[]> {
  const { comments } = await world.get(`${path}/comments`)
  return (comments as Comment[]).map(({ id }) => id)
}

function nowhere(world: RealWorld): { path: string } {
  return { path: world.articlePath(world.unique('nothing')) }
}
