import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { TestUser } from '@doran/kernel/testing'
import { article, articleHidden, articleShown } from '../contract.ts'
import { type Community, startCommunity } from './community.ts'

describe('a moderator', () => {
  let community: Community
  let admin: TestUser
  before(async () => {
    community = await startCommunity()
    admin = await community.user(['admin'])
  })
  after(() => community.close())

  const get = (slug: string, as?: TestUser) => community.request('GET', `/api/articles/${slug}`, as && { as })

  it('sees what readers report, with their latest reasons, newest article first', async () => {
    const [author, one, two] = [await community.member(), await community.member(), await community.member()]
    const [first, second] = [await community.publish(author), await community.publish(author)]
    await community.api(article, one).reportArticle({ slug: first.slug, reason: 'other', note: '' })
    await community.api(article, one).reportArticle({ slug: first.slug, reason: 'spam', note: 'Buy my soap' })
    await community.api(article, two).reportArticle({ slug: second.slug, reason: 'abuse', note: '' })

    const { items } = await community.api(article, admin).listReportedArticles({ limit: 2 })

    assert.deepEqual(
      items.map(({ slug, reports }) => [
        slug,
        reports.map(({ reporterId, reason, note }) => [reporterId, reason, note]),
      ]),
      [
        [second.slug, [[two.id, 'abuse', '']]],
        [first.slug, [[one.id, 'spam', 'Buy my soap']]],
      ],
    )
  })

  it('hides an article from everyone but its author, who sees why, and moderators', async () => {
    const [author, reader] = [await community.member(), await community.member()]
    const { slug } = await community.publish(author, { tagList: ['hidden-tag'] })
    await community.api(article, reader).favoriteArticle({ slug })

    const { hidden } = await community.api(article, admin).moderateArticle({ slug, hiddenBecause: 'Advertising' })

    assert.equal(hidden?.reason, 'Advertising')
    assert.deepEqual([(await get(slug)).status, (await get(slug, reader)).status], [404, 404])
    assert.deepEqual((await get(slug, author)).body.article.hidden, hidden)
    assert.deepEqual((await get(slug, admin)).body.article.hidden, hidden)
    for (const query of ['tag=hidden-tag', `author=${author.username}`, `favorited=${reader.username}`]) {
      const { body } = await community.request('GET', `/api/articles?${query}`)
      assert.deepEqual(body, { articles: [], articlesCount: 0 }, query)
    }
    assert.ok(!(await community.request('GET', '/api/tags')).body.tags.includes('hidden-tag'))
    const favorite = await community.request('POST', `/api/articles/${slug}/favorite`, { as: reader })
    assert.equal(favorite.status, 404)
  })

  it('shows an article again as it was', async () => {
    const author = await community.member()
    const { slug } = await community.publish(author, { tagList: ['back-again'] })
    const moderate = (hiddenBecause: string | null) =>
      community.api(article, admin).moderateArticle({ slug, hiddenBecause })
    await moderate('Mistaken')

    assert.equal((await moderate(null)).hidden, null)

    assert.equal('hidden' in (await get(slug)).body.article, false)
    assert.equal((await community.api(article).listArticles({ tag: 'back-again' })).articlesCount, 1)
  })

  it('closes the reports with a decision of either kind', async () => {
    const [author, reader] = [await community.member(), await community.member()]
    const { slug } = await community.publish(author)
    await community.api(article, reader).reportArticle({ slug, reason: 'spam', note: '' })

    const decided = await community.api(article, admin).moderateArticle({ slug, hiddenBecause: null })

    assert.deepEqual(decided.reports, [])
    const { items } = await community.api(article, admin).listReportedArticles()
    assert.ok(items.every((item) => item.slug !== slug))
  })

  it('lists hidden articles page by page', async () => {
    const author = await community.member()
    const slugs: string[] = []
    for (let n = 0; n < 3; n++) {
      const { slug } = await community.publish(author)
      await community.api(article, admin).moderateArticle({ slug, hiddenBecause: 'Spam' })
      slugs.unshift(slug)
    }

    const first = await community.api(article, admin).listReportedArticles({ state: 'hidden', limit: 2 })
    const second = await community
      .api(article, admin)
      .listReportedArticles({ state: 'hidden', limit: 1, cursor: first.next as string })

    assert.deepEqual(
      [...first.items, ...second.items].map(({ slug }) => slug),
      slugs,
    )
  })

  it('is named in the event, with the reason', async () => {
    const author = await community.member()
    const { slug } = await community.publish(author)
    await community.api(article, admin).moderateArticle({ slug, hiddenBecause: 'Spam' })
    await community.api(article, admin).moderateArticle({ slug, hiddenBecause: null })

    const hidden = (await community.events(articleHidden)).find((event) => event.slug === slug)
    const shown = (await community.events(articleShown)).find((event) => event.slug === slug)

    assert.deepEqual([hidden?.reason, hidden?.moderatorId, hidden?.version], ['Spam', admin.id, 2])
    assert.deepEqual([shown?.moderatorId, shown?.version], [admin.id, 3])
  })

  it('must give a reason and have the role', async () => {
    const author = await community.member()
    const { slug } = await community.publish(author)
    const moderate = (as: TestUser, body: object) =>
      community.request('PUT', `/api/moderation/articles/${slug}`, { as, body })

    const unexplained = await moderate(admin, { hiddenBecause: '' })
    assert.deepEqual([unexplained.status, Object.keys(unexplained.body.errors)], [422, ['hiddenBecause']])
    assert.equal((await moderate(author, { hiddenBecause: 'x' })).status, 403)
    assert.equal((await community.request('GET', '/api/moderation/articles', { as: author })).status, 403)
    assert.equal((await get(slug)).status, 200)
  })
})
