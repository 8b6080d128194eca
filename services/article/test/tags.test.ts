import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { article } from '../contract.ts'
import { type Community, type Member, startCommunity } from './community.ts'

describe('a tag', () => {
  let community: Community
  let author: Member
  before(async () => {
    community = await startCommunity({ environment: { ARTICLES_PER_HOUR: '100' } })
    author = await community.member()
  })
  after(() => community.close())

  const list = (filter: { tag: string; author?: string; favorited?: string; limit?: number; offset?: number }) =>
    community.api(article).listArticles(filter)
  const tags = async () => (await community.api(article).listTags()).tags

  it('is stored as its author writes it and found without regard to case', async () => {
    const first = await community.publish(author, { tagList: ['Kimchi'] })
    const second = await community.publish(author, { tagList: ['KIMCHI', 'Soup'] })

    for (const tag of ['kimchi', 'Kimchi', 'KIMCHI']) {
      const { articles, articlesCount } = await list({ tag })
      assert.deepEqual(
        articles.map(({ slug, tagList }) => [slug, tagList]),
        [
          [second.slug, ['KIMCHI', 'Soup']],
          [first.slug, ['Kimchi']],
        ],
      )
      assert.equal(articlesCount, 2)
    }
  })

  it('is the same however its accents are composed, in every script', async () => {
    await community.publish(author, { tagList: ['Crème', 'ЧАЙ', '김치'.normalize('NFD')] })

    for (const tag of ['CRÈME'.normalize('NFD'), 'чай', '김치'])
      assert.equal((await list({ tag })).articlesCount, 1, tag)
  })

  it('appears once in an article, in its first spelling', async () => {
    const { tagList } = await community.publish(author, { tagList: ['Once', 'ONCE', 'once '] })

    assert.deepEqual(tagList, ['Once'])
  })

  it('combines with other filters without regard to case', async () => {
    const reader = await community.member()
    const { slug } = await community.publish(author, { tagList: ['Tea'] })
    await community.api(article, reader).favoriteArticle({ slug })

    assert.equal((await list({ tag: 'TEA', author: author.username })).articlesCount, 1)
    assert.equal((await list({ tag: 'TEA', favorited: reader.username })).articlesCount, 1)
    assert.equal((await list({ tag: 'TEA', author: reader.username })).articlesCount, 0)
  })

  it('is listed once, in its most used spelling', async () => {
    for (const form of ['Rice', 'rice', 'rice']) await community.publish(author, { tagList: [form] })

    assert.deepEqual(
      (await tags()).filter((tag) => tag.toLowerCase() === 'rice'),
      ['rice'],
    )
  })

  it('is paged over all its spellings without gaps or repetitions', async () => {
    for (let number = 0; number < 9; number++)
      await community.publish(author, { tagList: [['Page', 'PAGE', 'page'][number % 3] as string] })
    const slugs: string[] = []

    for (let offset = 0; offset < 9; offset += 2)
      slugs.push(...(await list({ tag: 'page', limit: 2, offset })).articles.map(({ slug }) => slug))

    assert.equal(new Set(slugs).size, 9)
    assert.equal(slugs.length, 9)
  })

  it('is counted under its new spelling after a change', async () => {
    const { slug } = await community.publish(author, { tagList: ['Moves'] })

    await community.api(article, author).updateArticle({ slug, tagList: ['moves'] })

    assert.equal((await list({ tag: 'Moves' })).articlesCount, 1)
    assert.ok((await tags()).includes('moves'))
  })
})
