/** A small client of the RealWorld API, with factories that invent everything that a test does not mention. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { TestResponse } from '@doran/kernel/testing'
import type { Marketplace } from '../marketplace.ts'

export interface Call {
  as?: { token: string }
  body?: unknown
}

export interface Profile {
  username: string
  bio: string | null
  image: string | null
  following: boolean
}

export interface User {
  email: string
  token: string
  username: string
  bio: string | null
  image: string | null
}

/** A registered member, with the password that responses leave out. */
export interface Member {
  token: string
  username: string
  email: string
  password: string
}

export interface ArticleSummary {
  slug: string
  title: string
  description: string
  tagList: string[]
  createdAt: string
  updatedAt: string
  favorited: boolean
  favoritesCount: number
  author: Profile
}

export interface Article extends ArticleSummary {
  body: string
}

/** An article and its path. */
export interface Published extends Article {
  path: string
}

export interface Comment {
  id: number
  createdAt: string
  updatedAt: string
  body: string
  author: Profile
}

export interface RealWorld {
  /** Sends one real HTTP request below `/api`, with the token as RealWorld's clients send it. */
  call(method: string, path: string, call?: Call): Promise<TestResponse>
  /** Returns the body of a response that must succeed. */
  get(path: string, as?: { token: string }): Promise<TestResponse['body']>
  register(overrides?: Partial<Omit<Member, 'token'>>): Promise<Member>
  publish(author: { token: string }, overrides?: Partial<Article>): Promise<Published>
  comment(author: { token: string }, article: { path: string }, body?: string): Promise<Comment>
  follow(reader: { token: string }, member: { username: string }): Promise<void>
  favorite(reader: { token: string }, article: { path: string }): Promise<void>
  /** Returns a word of letters and digits that is unique, here and in other runs. */
  unique(word: string): string
  articlePath(slug: string): string
  profilePath(username: string): string
  readonly market: Marketplace
}

export const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Values that RealWorld calls blank, by the words for test names. */
export const BLANKS = { 'an empty': '', 'a blank': '   ', 'an absent': undefined }

export function openRealWorld(market: Marketplace): RealWorld {
  const run = randomBytes(4).toString('hex')
  let count = 0
  const unique = (word: string) => `${word}${run}x${++count}`
  const articlePath = (slug: string) => `/articles/${encodeURIComponent(slug)}`
  const profilePath = (username: string) => `/profiles/${encodeURIComponent(username)}`

  const call: RealWorld['call'] = (method, path, { as, body } = {}) =>
    market.platform.request(method, `/api${path}`, {
      ...(as && { headers: { authorization: `Token ${as.token}` } }),
      ...(body !== undefined && { body }),
    })
  const done = async (method: string, path: string, options?: Call) => {
    const answer = await call(method, path, options)
    assert.ok(answer.status < 300, `${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  return {
    market,
    call,
    unique,
    articlePath,
    profilePath,
    get: (path, as) => done('GET', path, { ...(as && { as }) }),
    async register(overrides = {}) {
      const username = unique('reader')
      const asked = { username, email: `${username}@example.com`, password: 'correct horse', ...overrides }
      const { user } = await done('POST', '/users', { body: { user: asked } })
      return { ...asked, token: user.token }
    },
    async publish(author, overrides = {}) {
      const invented = { title: unique('Title '), description: 'About nothing', body: 'Once upon a time' }
      const { article } = await done('POST', '/articles', {
        as: author,
        body: { article: { ...invented, ...overrides } },
      })
      return { ...article, path: articlePath(article.slug) }
    },
    async comment(author, { path }, body = 'Well said') {
      return (await done('POST', `${path}/comments`, { as: author, body: { comment: { body } } })).comment
    },
    async follow(reader, { username }) {
      await done('POST', `${profilePath(username)}/follow`, { as: reader })
    },
    async favorite(reader, { path }) {
      await done('POST', `${path}/favorite`, { as: reader })
    },
  }
}

/** Asserts a refusal with an error under this key and, where the protocol prescribes one, with this message. */
export function assertRefused(answer: TestResponse, status: number, key: string, message?: string): void {
  const [first] = answer.body.errors?.[key] ?? []
  const told = `${answer.status}: ${JSON.stringify(answer.body)}`
  assert.equal(answer.status, status, told)
  if (message === undefined) assert.match(first ?? '', /\S/, told)
  else assert.equal(first, message, told)
}

/** Returns a token with an invalid signature. */
export function forged({ token }: { token: string }): { token: string } {
  return { token: `${token.slice(0, -4)}AAAA` }
}
