import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { type Article, article, articleDeleted, articlePublished, articleUpdated } from '../contract.ts'
import { tooManyArticles } from '../errors.ts'
import { slugOf } from '../slugs.ts'
import { type Community, startCommunity } from './community.ts'

let community: Community
before(async () => {
  community = await startCommunity({ environment: { ARTICLES_PER_HOUR: '30' } })
})
after(() => community.close())

const get = (slug: string) => community.request('GET', `/api/articles/${encodeURIComponent(slug)}`)

async function idOf({ slug }: Article): Promise<string> {
  const { id } = await community
    .database('article')
    .one<{ id: string }>(sql`select id from article.articles where slug = ${slug}`)
  return id
}

describe('a slug', () => {
  it('is made of the letters and digits of every script', () => {
    assert.equal(slugOf('How to cook: 김치찌개 (in 20 min.)!'), 'how-to-cook-김치찌개-in-20-min')
    assert.equal(slugOf('  Crème   brûlée  '), 'crème-brûlée')
    assert.equal(slugOf('🍲 🥬'), '')
  })

  it('stays short enough for a URL and does not end with a hyphen', () => {
    for (const title of ['가'.repeat(200), 'ab '.repeat(66), `${'x'.repeat(199)} y`]) {
      const slug = slugOf(title)
      assert.ok(encodeURIComponent(slug).length <= 200, title)
      assert.match(slug, /[^-]$/)
    }
  })

  it('is unique even when twenty articles with one title are published at once', async () => {
    const authors = await Promise.all(Array.from({ length: 20 }, () => community.member()))

    const articles = await Promise.all(authors.map((author) => community.publish(author, { title: 'One title' })))

    assert.equal(new Set(articles.map(({ slug }) => slug)).size, 20)
    assert.equal(articles.filter(({ slug }) => slug === 'one-title').length, 1)
  })

  it('never leads to another article after a change of title, and can be used again by its article', async () => {
    const author = await community.member()
    const first = await community.publish(author, { title: 'Before the change' })
    const rename = async (title: string) =>
      (await community.api(article, author).updateArticle({ slug: first.slug, title })).article.slug

    assert.equal(await rename('After the change'), 'after-the-change')
    const other = await community.publish(author, { title: 'Before the change' })
    assert.notEqual(other.slug, first.slug)
    assert.equal((await get(first.slug)).body.article.slug, 'after-the-change')
    assert.equal(await rename('Before the change'), first.slug)
  })

  it('stays the same when only the case or punctuation of the title changes', async () => {
    const author = await community.member()
    const { slug } = await community.publish(author, { title: 'same words' })

    const { article: after } = await community.api(article, author).updateArticle({ slug, title: 'Same words!' })

    assert.deepEqual([after.slug, after.title], [slug, 'Same words!'])
  })

  it('is free again when its article is deleted', async () => {
    const author = await community.member()
    const { slug } = await community.publish(author, { title: 'Written twice' })
    await community.api(article, author).deleteArticle({ slug })

    assert.equal((await community.publish(author, { title: 'Written twice' })).slug, slug)
  })
})

describe('an article', () => {
  it('has a UUIDv7 of its creation time as its id', async () => {
    const id = await idOf(await community.publish(await community.member()))

    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const made = Number.parseInt(id.replace('-', '').slice(0, 12), 16)
    assert.ok(Math.abs(Date.now() - made) < 60_000)
  })

  it('has ids in the order of creation, even within a millisecond', async () => {
    const rows = await community.database('article').all<{ ordered: boolean }>(sql`
      select id > lag(id) over (order by at) as ordered from (
        select at, article.id_at(at) as id
        from generate_series(0, 2000) n, lateral (select timestamptz '2026-11-21 05:34:40.1234Z' + n * interval '1 microsecond' as at) m
      ) ids`)

    assert.ok(rows.slice(1).every(({ ordered }) => ordered))
  })

  it('drops spaces, repetitions and empty entries from its tags and keeps their order', async () => {
    const { tagList } = await community.publish(await community.member(), {
      tagList: [' tea ', 'b', '', 'tea', 'B', 'C', ' '],
    })

    assert.deepEqual(tagList, ['tea', 'b', 'C'])
  })

  it('is published with everything that search needs, in the order of its versions', async () => {
    const author = await community.member()
    const published = await community.publish(author, { title: 'Told of', tagList: ['tea'], body: 'One' })
    const articleId = await idOf(published)
    await community.api(article, author).updateArticle({ slug: published.slug, body: 'Two' })
    await community.api(article, author).deleteArticle({ slug: published.slug })

    const of = async (event: Parameters<Community['events']>[0]) =>
      ((await community.events(event)) as { articleId: string }[]).filter((data) => data.articleId === articleId)
    const content = { articleId, slug: 'told-of', authorId: author.id, title: 'Told of', tagList: ['tea'] }
    const { createdAt } = published
    assert.deepEqual(await of(articlePublished), [
      { ...content, version: 1, description: 'About it', body: 'One', createdAt, updatedAt: createdAt },
    ])
    const [{ updatedAt, ...updated }] = (await of(articleUpdated)) as unknown as [{ updatedAt: string }]
    assert.deepEqual(updated, { ...content, version: 2, description: 'About it', body: 'Two', createdAt })
    assert.ok(updatedAt > createdAt)
    assert.deepEqual(await of(articleDeleted), [{ articleId, version: 3, authorId: author.id }])
  })

  it('stays under an anonymous name when its author withdraws', async () => {
    const author = await community.member()
    const { slug } = await community.publish(author)
    await community.api(user, author).updateUser({ userId: author.id, bio: 'Mine', image: 'https://example.com/a.jpg' })

    await community.api(user, author).changeStatus({ userId: author.id, status: 'withdrawn' })

    const { author: shown } = (await get(slug)).body.article
    assert.deepEqual({ ...shown, username: '' }, { username: '', bio: null, image: null, following: false })
    assert.match(shown.username, /^withdrawn-[0-9a-f]{16}$/)
    const lists = await community.api(article).listArticles({ author: author.username })
    assert.equal(lists.articlesCount, 0)
  })

  it('is refused beyond the hourly limit', async () => {
    const author = await community.member()
    for (let number = 0; number < 30; number++) await community.publish(author)

    await assert.rejects(community.publish(author), (error) => {
      assert.ok(tooManyArticles.is(error))
      assert.deepEqual([error.status, error.details.limit], [429, 30])
      return true
    })
  })

  it('is refused beyond the hourly limit even if all are sent at once or each is deleted', async () => {
    const [eager, sly] = [await community.member(), await community.member()]

    const atOnce = await Promise.allSettled(Array.from({ length: 40 }, () => community.publish(eager)))
    for (let number = 0; number < 30; number++) {
      const { slug } = await community.publish(sly)
      await community.api(article, sly).deleteArticle({ slug })
    }

    assert.equal(atOnce.filter(({ status }) => status === 'fulfilled').length, 30)
    await assert.rejects(community.publish(sly), { code: 'too_many_articles' })
  })

  it('may be published again after the hour, and the refusal says when that is', async () => {
    const author = await community.member()
    for (let number = 0; number < 30; number++) await community.publish(author)
    const pass = (minutes: number) =>
      community.database('article').run(sql`
        update doran.hourly_counts set since = since - make_interval(mins => ${minutes}) where who = ${author.id}`)

    await pass(50)
    const refused = await community.publish(author).catch((error) => error.details.retryAfter)
    await pass(10)

    assert.ok(refused > 540 && refused <= 600, `${refused} s`)
    assert.ok((await community.publish(author)).slug)
  })

  it('keeps all simultaneous changes of different fields', async () => {
    const author = await community.member()
    const { slug } = await community.publish(author)
    const api = community.api(article, author)

    await Promise.all([
      api.updateArticle({ slug, body: 'New body' }),
      api.updateArticle({ slug, description: 'New description' }),
      api.updateArticle({ slug, tagList: ['new'] }),
    ])

    const { body, description, tagList } = (await get(slug)).body.article
    assert.deepEqual(
      { body, description, tagList },
      { body: 'New body', description: 'New description', tagList: ['new'] },
    )
  })
})
