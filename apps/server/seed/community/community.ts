/**
 * Generates a community of any size, for demonstrations and measurements. The same seed gives the same texts on every
 * machine, and a smaller community is the beginning of a larger one. Only the timestamps differ between sizes: however
 * many articles there are, they fill the two years before `until`.
 */
import { random } from '../generate.ts'
import { fill, type Gaps, nounOf, oneOf } from './language.ts'
import { type Locale, MATERIAL, section, type Theme } from './material.ts'
import { chooseSubject, type Subject, writeArticle, writeComment } from './writing.ts'

export interface CommunityAuthor {
  email: string
  /** 3 to 20 characters, unique. */
  username: string
  name: string
  locale: Locale
  bio: string
  /** Address of a picture of the shop. */
  image: string
}

export interface CommunityArticle {
  /** The author's index. */
  author: number
  title: string
  description: string
  /** Markdown of 1 to 6 kB. */
  body: string
  tags: string[]
  /** ISO 8601 with milliseconds, UTC; rises with the index. */
  createdAt: string
}

export interface CommunityComment {
  /** The article's index. */
  article: number
  /** The author's index. */
  author: number
  body: string
  /** After its article, and not after `until`. */
  createdAt: string
}

export interface CommunityFavorite {
  article: number
  author: number
}

export interface ArticleOptions {
  count: number
  authors: number
  seed: number
  until: Date
  batch?: number
}

export interface CommentOptions extends ArticleOptions {
  articles: number
}

const TWO_YEARS_MS = 2 * 365 * 24 * 60 * 60 * 1_000
const KOREAN_SHARE = 2 / 3
const BATCH_SIZE = 1_000
/** Far apart, so that no two streams of random numbers overlap. */
const STREAMS = { locale: 0, author: 1, subject: 2, article: 3, moment: 4, comment: 5, favorite: 6, follow: 7 }
const STREAM_LENGTH = 100_000_007
/** Pictures in `pictures/people/`, in an order in which neighbours differ. */
export const PEOPLE = [
  ...['otter', 'cat', 'panda', 'fox', 'koala', 'rabbit', 'penguin', 'dog', 'owl', 'hamster', 'polar-bear', 'frog'],
  ...['tiger', 'hedgehog', 'dolphin', 'bear', 'chick', 'raccoon', 'mouse', 'lion', 'bird', 'cow', 'unicorn', 'octopus'],
]
/** A prime larger than most communities: its multiples visit every article once. */
const STRIDE = 15_485_863

export function communityAuthors(count: number, seed: number): CommunityAuthor[] {
  return Array.from({ length: count }, (_, index) => authorAt(index, seed))
}

export function* communityArticles(options: ArticleOptions): Generator<CommunityArticle[]> {
  const { count, authors, seed, until, batch } = options
  yield* inBatches(count, batch, (index) => {
    const { author, subject } = subjectAt(index, authors, seed)
    const text = writeArticle(subject, draw(seed, 'article', index))
    return { author, ...text, createdAt: new Date(momentAt(index, count, seed, until)).toISOString() }
  })
}

export function* communityComments(options: CommentOptions): Generator<CommunityComment[]> {
  const { count, articles, authors, seed, until, batch } = options
  yield* inBatches(count, batch, (index) => {
    const next = draw(seed, 'comment', index)
    const article = popularArticle(articles, next)
    const { subject } = subjectAt(article, authors, seed)
    const author = commenter(subject.locale, authors, seed, next)
    const written = momentAt(article, articles, seed, until)
    const later = 1 + Math.floor(next() ** 6 * (until.getTime() - written - 1))
    return {
      article,
      author,
      body: writeComment(subject, localeAt(author, seed), next),
      createdAt: new Date(written + later).toISOString(),
    }
  })
}

/**
 * Generates unique pairs; popular articles have many of them. Throws a RangeError for a count above `articles` times
 * `authors`.
 */
export function* communityFavorites(options: {
  count: number
  articles: number
  authors: number
  seed: number
  batch?: number
}): Generator<CommunityFavorite[]> {
  const { count, articles, authors, seed, batch } = options
  if (count > articles * authors) throw new RangeError(`There are only ${articles * authors} pairs, not ${count}.`)
  const given = new Uint32Array(articles)
  yield* inBatches(count, batch, (index) => {
    const next = draw(seed, 'favorite', index)
    let article = popularArticle(articles, next)
    while (given[article] === authors) article = (article + 1) % articles
    const turn = given[article] as number
    given[article] = turn + 1
    return { article, author: favoritingAuthor(article, turn, authors, seed) }
  })
}

/** Each author follows 3 to 12 others, if there are that many. The first authors have the most followers. */
export function communityFollows(options: { authors: number; seed: number }): { follower: number; followed: number }[] {
  const { authors, seed } = options
  return Array.from({ length: authors }, (_, follower) => {
    const next = draw(seed, 'follow', follower)
    const wanted = Math.min(3 + Math.floor(next() * 10), authors - 1)
    const chosen = new Set<number>()
    while (chosen.size < wanted) {
      let followed = Math.floor(next() ** 2 * authors)
      while (followed === follower || chosen.has(followed)) followed = (followed + 1) % authors
      chosen.add(followed)
    }
    return [...chosen].map((followed) => ({ follower, followed }))
  }).flat()
}

function authorAt(index: number, seed: number): CommunityAuthor {
  const next = draw(seed, 'author', index)
  const locale = localeAt(index, seed)
  const { names, themes, persons, any } = MATERIAL[locale]
  const theme = oneOf(themes, next) as Theme
  const gaps = {
    thing: oneOf(oneOf(theme.kinds, next), next),
    person: oneOf(persons, next),
    topic: nounOf(theme.tags[0] as string),
  } as Gaps
  const [family, given] = [oneOf(names.family, next), oneOf(names.given, next)]
  return {
    email: `author-${index + 1}@community.doran.example`,
    username: usernameAt(index, seed, locale),
    name: locale === 'ko' ? `${family}${given}` : `${given} ${family}`,
    locale,
    bio: fill(oneOf(section(any, 'bios'), next), gaps, next),
    image: `/pictures/people/${PEOPLE[index % PEOPLE.length]}.avif`,
  }
}

/** Uses every pair of name parts once, in a mixed order, and then again with a number at the end. */
function usernameAt(index: number, seed: number, locale: Locale): string {
  const { first, last } = MATERIAL[locale].names
  const pairs = first.length * last.length
  const pair = (index * STRIDE + seed) % pairs
  const round = Math.floor(index / pairs)
  const joint = locale === 'en' ? '.' : ''
  return `${first[pair % first.length]}${joint}${last[Math.floor(pair / first.length)]}${round || ''}`
}

function localeAt(author: number, seed: number): Locale {
  return draw(seed, 'locale', author)() < KOREAN_SHARE ? 'ko' : 'en'
}

function subjectAt(index: number, authors: number, seed: number): { author: number; subject: Subject } {
  const next = draw(seed, 'subject', index)
  const author = Math.floor(next() ** 1.5 * authors)
  return { author, subject: chooseSubject(localeAt(author, seed), next) }
}

/** Computed without the articles before it. */
function momentAt(index: number, count: number, seed: number, until: Date): number {
  const place = (index + draw(seed, 'moment', index)()) / count
  return until.getTime() - TWO_YEARS_MS + Math.floor(place * TWO_YEARS_MS)
}

/** Mostly chooses somebody who speaks the article's language. */
function commenter(locale: Locale, authors: number, seed: number, next: () => number): number {
  const anybody = next() < 0.06
  let author = Math.floor(next() * authors)
  for (let tries = 0; tries < 8 && !anybody && localeAt(author, seed) !== locale; tries++) {
    author = Math.floor(next() * authors)
  }
  return author
}

/** Few articles get much of everything, and their places among the others are mixed. */
function popularArticle(articles: number, next: () => number): number {
  return (Math.floor(next() ** 3 * articles) * STRIDE) % articles
}

/** Visits every author once, in steps that are coprime to the number of authors. */
function favoritingAuthor(article: number, turn: number, authors: number, seed: number): number {
  const next = draw(seed, 'favorite', -1 - article)
  const start = Math.floor(next() * authors)
  let step = 1 + Math.floor(next() * authors)
  while (greatestDivisor(step, authors) > 1) step++
  return (start + turn * step) % authors
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}

function draw(seed: number, stream: keyof typeof STREAMS, index: number): () => number {
  return random((seed * 8 + STREAMS[stream]) * STREAM_LENGTH + index)
}

function* inBatches<T>(count: number, batch = BATCH_SIZE, make: (index: number) => T): Generator<T[]> {
  for (let from = 0; from < count; from += batch) {
    yield Array.from({ length: Math.min(batch, count - from) }, (_, index) => make(from + index))
  }
}
