import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { article } from '@doran/article/contract'
import { sql } from '@doran/kernel'
import type { TestUser } from '@doran/kernel/testing'
import { type Community, type Member, startCommunity } from '../../article/test/community.ts'
import { statementsOf } from '../../article/test/statements.ts'
import { commentAdded, commentDeleted, commentHidden, comment as contract } from '../contract.ts'

let community: Community
let admin: TestUser
before(async () => {
  community = await startCommunity({ environment: { COMMENTS_PER_HOUR: '40' } })
  admin = await community.user(['admin'])
})
after(() => community.close())

const api = (as?: TestUser) => community.api(contract, as)
const bodies = async (slug: string, as?: TestUser) =>
  (await api(as).listComments({ slug })).comments.map(({ body }) => body)
const add = async (as: Member, slug: string, body = 'A comment') => (await api(as).addComment({ slug, body })).comment

/** Publishes an article. */
async function published() {
  const author = await community.member()
  const { slug, title } = await community.publish(author)
  return { author, slug, title }
}

describe('a comment', () => {
  it('is stored as entered and published with its article', async () => {
    const { slug, title, author } = await published()
    const reader = await community.member()
    const body = '# Hi\n\n<script>alert(1)</script> **bold**  '

    const { id, createdAt } = await add(reader, slug, body)

    assert.deepEqual(await bodies(slug), [body])
    const event = (await community.events(commentAdded)).find(({ commentId }) => commentId === id)
    const { articleId, ...told } = event as NonNullable<typeof event>
    assert.match(articleId, /^[0-9a-f-]{36}$/)
    assert.deepEqual(told, {
      commentId: id,
      authorId: reader.id,
      articleSlug: slug,
      articleTitle: title,
      articleAuthorId: author.id,
      body,
      createdAt,
    })
  })

  it('is listed newest first, page by page on request', async () => {
    const { slug, author } = await published()
    const ids: number[] = []
    for (const body of ['one', 'two', 'three']) ids.push((await add(author, slug, body)).id)

    assert.deepEqual(await bodies(slug), ['three', 'two', 'one'])
    const first = await api().listComments({ slug, limit: 2 })
    assert.deepEqual(
      first.comments.map(({ id }) => id),
      [ids[2], ids[1]],
    )
    const second = await api().listComments({ slug, before: ids[1] as number })
    assert.deepEqual(
      second.comments.map(({ id }) => id),
      [ids[0]],
    )
  })

  it('is published as deleted once when its author deletes it', async () => {
    const { slug, author } = await published()
    const { id } = await add(author, slug)

    await api(author).deleteComment({ slug, id })

    assert.deepEqual(await bodies(slug), [])
    assert.equal((await community.events(commentDeleted)).filter(({ commentId }) => commentId === id).length, 1)
  })

  it('is deleted with its article, even if it is added at the same time', async () => {
    const { slug, author } = await published()
    const readers = await Promise.all(Array.from({ length: 8 }, () => community.member()))
    await add(author, slug)

    await Promise.allSettled([
      ...readers.map((reader) => add(reader, slug)),
      community.api(article, author).deleteArticle({ slug }),
      ...readers.map((reader) => add(reader, slug)),
    ])
    await community.settled()

    const { left } = await community.database('comment').one<{ left: number }>(sql`
      select count(*) as left from comment.comments join comment.threads using (article_id) where closed`)
    assert.equal(left, 0)
    const { status, body } = await community.request('GET', `/api/articles/${slug}/comments`)
    assert.deepEqual([status, body.errors], [404, { article: ['not found'] }])
  })

  it('is refused beyond the hourly limit', async () => {
    const { slug } = await published()
    const eager = await community.member()
    for (let number = 0; number < 40; number++) await add(eager, slug)

    const { status, body } = await community.request('POST', `/api/articles/${slug}/comments`, {
      as: eager,
      body: { comment: { body: 'Once more' } },
    })

    assert.deepEqual([status, body.code, body.limit], [429, 'too_many_comments', 40])
  })

  it('is refused beyond the hourly limit even if all are sent at once or each is deleted', async () => {
    const { slug } = await published()
    const [eager, sly] = [await community.member(), await community.member()]

    const atOnce = await Promise.allSettled(Array.from({ length: 50 }, () => add(eager, slug)))
    for (let number = 0; number < 40; number++) await api(sly).deleteComment({ slug, id: (await add(sly, slug)).id })

    assert.equal(atOnce.filter(({ status }) => status === 'fulfilled').length, 40)
    await assert.rejects(add(sly, slug), { code: 'too_many_comments' })
  })

  it('cannot be added to a hidden article', async () => {
    const { slug, author } = await published()
    const reader = await community.member()
    await community.api(article, admin).moderateArticle({ slug, hiddenBecause: 'Spam' })

    await assert.rejects(add(reader, slug), { code: 'article_not_found' })
    assert.ok((await add(author, slug)).id)
  })

  it('has a body of at most 10,000 characters', async () => {
    const { slug, author } = await published()

    const { status, body } = await community.request('POST', `/api/articles/${slug}/comments`, {
      as: author,
      body: { comment: { body: 'x'.repeat(10_001) } },
    })

    assert.deepEqual([status, body.errors], [422, { body: ['is too long (maximum is 10000 characters)'] }])
  })
})

describe('a list of comments', () => {
  it('needs the same few statements for one comment as for twenty of as many authors', async () => {
    const direct = await startCommunity({ environment: { CACHE_ENTRIES: '0' }, mode: 'direct' })
    const { slug } = await direct.publish(await direct.member())
    const reader = await direct.member()
    const list = (as?: TestUser) =>
      statementsOf(() => direct.request('GET', `/api/articles/${slug}/comments`, as && { as }))
    const write = async () => direct.api(contract, await direct.member()).addComment({ slug, body: 'A comment' })

    await write()
    const one = [(await list()).length, (await list(reader)).length]
    for (let n = 0; n < 19; n++) await write()
    const twenty = [(await list()).length, (await list(reader)).length]

    assert.deepEqual(one, [3, 4])
    assert.deepEqual(twenty, one)
    await direct.close()
  })
})

describe('a moderator of comments', () => {
  it('hides a reported one from everyone but its author, who sees the reason', async () => {
    const { slug } = await published()
    const [writer, reader] = [await community.member(), await community.member()]
    const { id } = await add(writer, slug, 'Buy my soap')
    await api(reader).reportComment({ slug, id, reason: 'spam', note: 'Again' })

    const { items } = await api(admin).listReportedComments()
    const reported = items.find((item) => item.id === id)
    assert.deepEqual(
      reported?.reports.map(({ reporterId, reason, note }) => [reporterId, reason, note]),
      [[reader.id, 'spam', 'Again']],
    )
    const { hidden, reports } = await api(admin).moderateComment({ id, hiddenBecause: 'Advertising' })

    assert.deepEqual([hidden?.reason, reports], ['Advertising', []])
    assert.deepEqual([await bodies(slug), await bodies(slug, reader)], [[], []])
    assert.deepEqual((await api(writer).listComments({ slug })).comments[0]?.hidden, hidden)
    assert.deepEqual(await bodies(slug, admin), ['Buy my soap'])
    const event = (await community.events(commentHidden)).find(({ commentId }) => commentId === id)
    assert.deepEqual([event?.reason, event?.moderatorId, event?.authorId], ['Advertising', admin.id, writer.id])
  })

  it('shows it again', async () => {
    const { slug, author } = await published()
    const { id } = await add(author, slug)
    await api(admin).moderateComment({ id, hiddenBecause: 'Mistaken' })

    await api(admin).moderateComment({ id, hiddenBecause: null })

    assert.deepEqual(await bodies(slug), ['A comment'])
    assert.ok((await api(admin).listReportedComments({ state: 'hidden' })).items.every((item) => item.id !== id))
  })

  it('must give a reason, have the role and name an existing comment', async () => {
    const { slug, author } = await published()
    const { id } = await add(author, slug)
    const moderate = async (as: TestUser, commentId: number, body: object) =>
      (await community.request('PUT', `/api/moderation/comments/${commentId}`, { as, body })).status

    assert.equal(await moderate(admin, id, {}), 422)
    assert.equal(await moderate(author, id, { hiddenBecause: 'x' }), 403)
    assert.equal(await moderate(admin, 999_999, { hiddenBecause: 'x' }), 404)
    assert.deepEqual(await bodies(slug), ['A comment'])
  })

  it('gets no report of a comment through another article', async () => {
    const [one, other] = [await published(), await published()]
    const { id } = await add(one.author, one.slug)

    await assert.rejects(api(other.author).reportComment({ slug: other.slug, id, reason: 'spam', note: '' }), {
      code: 'comment_not_found',
    })
  })
})
