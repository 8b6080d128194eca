import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import {
  communityArticles,
  communityAuthors,
  communityComments,
  communityFavorites,
  communityFollows,
} from '../community/community.ts'
import { fill, nounOf, parse, withArticle, withParticle } from '../community/language.ts'
import { MATERIAL } from '../community/material.ts'

const UNTIL = new Date('2026-11-01T00:00:00.000Z')
const AUTHORS = 300
const PARTICLES = [
  ['은', '는'],
  ['이', '가'],
  ['을', '를'],
  ['과', '와'],
  ['으로', '로'],
  ['이었습니다', '였습니다'],
] as const

const SOUND_OTHERWISE = new Set(['a one', 'an hour', 'An hour', 'an honest', 'An honest'])

const articles = (count: number, seed = 1) =>
  [...communityArticles({ count, authors: AUTHORS, seed, until: UNTIL })].flat()
const comments = (count: number, seed = 1) =>
  [...communityComments({ count, articles: 2_000, authors: AUTHORS, seed, until: UNTIL })].flat()
const favorites = (count: number, seed = 1) =>
  [...communityFavorites({ count, articles: 200, authors: AUTHORS, seed })].flat()

describe('the generated community', () => {
  const sample = articles(10_000)
  const spoken = comments(5_000)
  const texts = [
    ...sample.flatMap(({ title, description, body }) => [title, description, body]),
    ...spoken.map(({ body }) => body),
    ...communityAuthors(2_000, 1).map(({ bio }) => bio),
  ]

  it('is the same for the same seed and differs for another seed', () => {
    assert.deepEqual(articles(1_500, 7), articles(1_500, 7))
    assert.deepEqual(comments(500, 7), comments(500, 7))
    assert.deepEqual(favorites(500, 7), favorites(500, 7))
    assert.deepEqual(communityAuthors(100, 7), communityAuthors(100, 7))
    assert.deepEqual(communityFollows({ authors: 100, seed: 7 }), communityFollows({ authors: 100, seed: 7 }))
    assert.notDeepEqual(articles(10, 7), articles(10, 8))
    assert.notDeepEqual(communityAuthors(10, 7), communityAuthors(10, 8))
  })

  it('begins alike in every size, except for the timestamps, which fill the two years', () => {
    const withoutMoment = (list: ReturnType<typeof articles>) => list.map(({ createdAt: _, ...text }) => text)

    assert.deepEqual(withoutMoment(sample.slice(0, 100)), withoutMoment(articles(100)))
    assert.deepEqual(spoken.slice(0, 100), comments(100))
    assert.deepEqual(favorites(1_200).slice(0, 100), favorites(100))
    assert.deepEqual(communityAuthors(1_200, 1).slice(0, 100), communityAuthors(100, 1))
  })

  it('comes in batches of the requested size', () => {
    const options = { count: 25, authors: 5, seed: 1, until: UNTIL, batch: 10 }

    assert.deepEqual(
      [...communityArticles(options)].map(({ length }) => length),
      [10, 10, 5],
    )
    assert.deepEqual(
      [...communityComments({ ...options, articles: 3 })].map(({ length }) => length),
      [10, 10, 5],
    )
    assert.deepEqual(
      [...communityFavorites({ ...options, articles: 9 })].map(({ length }) => length),
      [10, 10, 5],
    )
    assert.deepEqual([...communityArticles({ ...options, count: 0 })], [])
  })

  it('has authors of both languages, each with a unique name', () => {
    const authors = communityAuthors(20_000, 1)

    assert.equal(new Set(authors.map(({ username }) => username)).size, authors.length)
    assert.equal(new Set(authors.map(({ email }) => email)).size, authors.length)
    for (const { username, email } of authors) {
      assert.match(username, /^[\p{Letter}\d.]{3,20}$/u)
      assert.match(email, /^[a-z0-9-]+@community\.doran\.example$/)
    }
    const korean = authors.filter(({ locale }) => locale === 'ko').length / authors.length
    assert.ok(Math.abs(korean - 2 / 3) < 0.02, `${korean} are Korean`)
  })

  it('writes each article in the language of its author', () => {
    const authors = communityAuthors(AUTHORS, 1)

    for (const { author, body } of sample) assert.equal(/[가-힣]/.test(body), authors[author]?.locale === 'ko')
  })

  it('writes bodies of 1 to 6 kB, one to four tags, and titles that seldom repeat', () => {
    for (const { title, body, tags } of sample) {
      const size = Buffer.byteLength(body)
      assert.ok(size >= 1_000 && size <= 6_000, `“${title}” has ${size} bytes`)
      assert.ok(tags.length >= 1 && tags.length <= 4 && new Set(tags).size === tags.length)
      assert.deepEqual(
        tags,
        tags.map((tag) => tag.toLowerCase()),
      )
    }
    assert.ok(new Set(sample.slice(0, 1_000).map(({ title }) => title)).size > 930)
    assert.equal(new Set(sample.map(({ body }) => body)).size, sample.length)
  })

  it('uses some tags often and most of them seldom', () => {
    const uses = new Map<string, number>()
    for (const tag of sample.flatMap(({ tags }) => tags)) uses.set(tag, (uses.get(tag) ?? 0) + 1)
    const counts = [...uses.values()].sort((a, b) => b - a)

    assert.ok(counts.length >= 100 && counts.length <= 140, `${counts.length} tags`)
    assert.ok((counts[0] as number) > 8 * (counts[100] as number))
  })

  it('dates articles in their order and comments after their articles', () => {
    const commented = articles(2_000)

    for (const [place, { createdAt }] of commented.entries()) {
      assert.equal(new Date(createdAt).toISOString(), createdAt)
      assert.ok(createdAt > (commented[place - 1]?.createdAt ?? '2024-11-01') && createdAt < UNTIL.toISOString())
    }
    for (const { article, createdAt } of spoken) {
      assert.ok(createdAt > (commented[article]?.createdAt as string) && createdAt <= UNTIL.toISOString())
    }
  })

  it('repeats no favourite, and popular articles have many', () => {
    const pairs = favorites(6_000)

    assert.equal(new Set(pairs.map(({ article, author }) => `${article} ${author}`)).size, 6_000)
    const counts = Object.values(Object.groupBy(pairs, ({ article }) => article)).map((group) => group?.length ?? 0)
    assert.ok(Math.max(...counts) > 5 * (6_000 / 200))
  })

  it('makes a favourite of every possible pair, and refuses more', () => {
    const options = { articles: 6, authors: 4, seed: 1 }

    const all = [...communityFavorites({ ...options, count: 24 })].flat()

    assert.equal(new Set(all.map(({ article, author }) => `${article} ${author}`)).size, 24)
    assert.throws(() => communityFavorites({ ...options, count: 25 }).next(), RangeError)
  })

  it('lets every author follow 3 to 12 others, or all others if there are fewer', () => {
    const follows = communityFollows({ authors: 400, seed: 1 })

    assert.equal(new Set(follows.map(({ follower, followed }) => `${follower} ${followed}`)).size, follows.length)
    assert.ok(follows.every(({ follower, followed }) => follower !== followed && followed < 400))
    const groups = Object.values(Object.groupBy(follows, ({ follower }) => follower))
    assert.equal(groups.length, 400)
    assert.ok(groups.every((group = []) => group.length >= 3 && group.length <= 12))
    assert.equal(communityFollows({ authors: 2, seed: 1 }).length, 2)
    assert.equal(communityFollows({ authors: 1, seed: 1 }).length, 0)
  })

  it('leaves no gap unfilled and no double space', () => {
    assert.deepEqual(texts.filter(isUnfinished), [])
    assert.ok(isUnfinished('{thing|을} 샀습니다'))
    assert.ok(isUnfinished('I bought an undefined.'))
    assert.ok(isUnfinished('often  seldom'))
  })

  it('puts the right particle after every Korean word', () => {
    const findWrong = particleCheck()

    assert.deepEqual([...new Set(texts.flatMap(findWrong))], [])
    for (const wrong of ['무쇠 팬를 샀습니다', '뚝배기을 샀습니다', '남편와 갔습니다', '가는 연필를']) {
      assert.notDeepEqual(findWrong(wrong), [])
    }
    for (const right of ['무쇠 팬을 샀습니다', '뚝배기를 샀습니다', '남편과 갔습니다'])
      assert.deepEqual(findWrong(right), [])
  })

  it('puts the right article before every English word', () => {
    const wrong = /\b(?:a [aeio]|an [^aeiou]|a u(?!ni|se))\w*/gi

    const found = texts.filter((text) => !/[가-힣]/.test(text)).flatMap((text) => text.match(wrong) ?? [])
    assert.deepEqual(
      [...new Set(found)].filter((words) => !SOUND_OTHERWISE.has(words)),
      [],
    )
    assert.match('a oak chair', wrong)
  })

  it('never writes the same paragraph twice in one article', () => {
    for (const { title, body } of sample) {
      const paragraphs = body.split('\n\n')
      assert.equal(new Set(paragraphs).size, paragraphs.length, title)
    }
  })

  it('is fast enough to write a million articles in two minutes', () => {
    const seconds: number[] = []
    let started = performance.now()
    for (const batch of communityArticles({ count: 100_000, authors: AUTHORS, seed: 1, until: UNTIL, batch: 10_000 })) {
      assert.equal(batch.length, 10_000)
      seconds.push((performance.now() - started) / 1_000)
      started = performance.now()
    }

    assert.ok(10_000 / Math.min(...seconds) > 1_000_000 / 120)
  })
})

describe('the sentences', () => {
  it('agree with the words in their gaps', () => {
    assert.equal(withParticle('솥', '을'), '을')
    assert.equal(withParticle('냄비', '을'), '를')
    assert.equal(withParticle('연필', '으로'), '로')
    assert.equal(withParticle('냄비', '입니다'), '입니다')
    assert.equal(withArticle('oak chair'), 'an oak chair')
    assert.equal(withArticle('used book'), 'a used book')
    assert.deepEqual(nounOf('box|es of pears'), { one: 'box of pears', many: 'boxes of pears' })
  })

  it('are refused if they cannot be filled', () => {
    assert.throws(() => parse('an (open bracket'), /open/)
    assert.throws(() => parse('a {gap of many words}'), /no gap/)
    assert.throws(() => fill(parse('{nothing}'), {}, () => 0), /Nothing fills/)
  })

  it('have alternatives that end alike wherever a Korean particle follows', async () => {
    const folder = new URL('../community/korean/', import.meta.url)
    const files = await readdir(folder)
    const lines = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))
    const followed = lines.join('\n').matchAll(/\(([^()]*)\)(?:은|는|이|가|을|를|과|와|였|으로)/g)

    const unlike = [...followed].filter(([, inside = '']) => new Set(inside.split('|').map(isClosed)).size > 1)

    assert.deepEqual(
      unlike.map(([found]) => found),
      [],
    )
  })

  it('can all be filled', () => {
    for (const { any, themes, persons, spans, counts } of Object.values(MATERIAL)) {
      for (const sections of [any, ...themes.map(({ sentences }) => sentences)]) {
        const [thing, person, span, count] = [themes[0]?.kinds[0]?.[0], persons[0], spans[0], counts[0]]
        const word = thing as NonNullable<typeof thing>
        const gaps = { thing: word, other: word, third: word, person, span, count, price: word, topic: word }
        for (const sentence of Object.values(sections).flat()) {
          for (const place of [0, 0.5, 0.99]) {
            assert.ok(!isUnfinished(fill(sentence, gaps as Parameters<typeof fill>[1], () => place)))
          }
        }
      }
    }
  })
})

function isUnfinished(text: string): boolean {
  return /[{}()]|undefined|null|NaN| {2}|\|\w|[.,] [.,]/.test(text)
}

/** Finds the wrong form of a particle after each noun of the material, and 를 after any final consonant. */
function particleCheck(): (text: string) => string[] {
  const { themes, persons, spans } = MATERIAL.ko
  const words = [...themes.flatMap(({ kinds }) => kinds.flat()), ...persons, ...spans].map(({ one }) => one)
  const wrong = [...new Set(words)].map((word) => {
    const final = finalOf(word)
    const forms = PARTICLES.map(([closed, open]) => (final && !(closed === '으로' && final === 'ᆯ') ? open : closed))
    return `${word}(?:${forms.join('|')})`
  })
  const filled = new RegExp(`(?<![가-힣])(?:${wrong.join('|')})(?![가-힣])`, 'g')
  return (text) => [
    ...(text.match(filled) ?? []),
    ...(text.match(/[가-힣]+(?=를(?![가-힣]))/g) ?? []).filter((word) => finalOf(word)),
  ]
}

function isClosed(word: string): boolean {
  return finalOf(word) !== undefined
}

/** Uses Unicode's decomposition, so that the test does not repeat the arithmetic that it checks. */
function finalOf(word = ''): string | undefined {
  return word.normalize('NFD').match(/[\u11a8-\u11c2]$/)?.[0]
}
