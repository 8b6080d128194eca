/** The RealWorld routes against a minimal implementation with the same responses. */
import assert from 'node:assert/strict'
import { auth } from '@doran/auth/contract'
import { newId } from '@doran/kernel'
import { httpClient } from '@doran/kernel/client'
import { profile } from '@doran/profile/contract'
import type { CommunityFloorRequest } from '../community-floor.ts'
import { startFloor } from '../floors.ts'
import { type Comparison, compare, type Side } from '../rounds.ts'
import type { Row } from '../rows.ts'
import { startServer } from '../server.ts'
import type { Suite } from '../suite.ts'
import type { Writers } from '../writers.ts'
import { type WrkRequest, wrk } from '../wrk.ts'

const READERS = 32
/** Number of articles that are requested one by one. */
const SAMPLE = 2_000
const BAR = { atLeast: 0.7 }
/** For the ratio to the rate with the fewest articles: 1.5 times slower. */
const GROWTH_BAR = { atLeast: 0.67 }

interface Loaded {
  articles: number
  sides: { what: string; doran: Side; floor: Side }[]
  stop(): Promise<void>
}

export async function community(suite: Suite): Promise<Row[]> {
  const sizes: Loaded[] = []
  for (const articles of suite.settings.articles) sizes.push(await start(suite, articles))
  const [least, ...others] = sizes as [Loaded, ...Loaded[]]
  const against: Comparison[] = sizes.flatMap(({ articles, sides }) =>
    sides.map(({ what, ...both }) => ({
      what: `${what}, ${articles.toLocaleString('en-US')} articles / Fastify + pg`,
      bar: BAR,
      ...both,
    })),
  )
  const growth: Comparison[] = others.flatMap(({ articles, sides }) =>
    sides.map(({ what, doran }, index) => ({
      what: `${what}, ${articles.toLocaleString('en-US')} articles / ${least.articles.toLocaleString('en-US')}`,
      bar: GROWTH_BAR,
      doran,
      floor: least.sides[index]?.doran as Side,
    })),
  )
  const rows = await compare([...against, ...growth], suite)
  for (const { stop } of sizes) await stop()
  return rows
}

async function start(suite: Suite, articles: number): Promise<Loaded> {
  const { settings, folder, postgres } = suite
  const database = `community-${articles}`
  const writers = await suite.community(database, articles)
  const databaseUrl = postgres.url(database)
  const environment = { DATABASE_URL: databaseUrl, DORAN_DATA: folder, PAYMENT_SANDBOX_URL: 'http://127.0.0.1:1' }
  const doran = await startServer('start', environment, { core: 0, inspect: settings.profile })
  const readers = await signUpReaders(doran.url)
  const floor = await startFloor('./community-floor.ts', {
    databaseUrl,
    readers: Object.fromEntries(readers.map(({ authorization, userId }) => [authorization, userId])),
  } satisfies CommunityFloorRequest)

  const requests = requestsOf(writers, readers)
  for (const [, all] of requests) await assertSame(doran.url, floor.url, all[0] as WrkRequest)
  const load = (url: string, all: WrkRequest[]) => () => wrk(url, all, { folder, seconds: settings.seconds })
  return {
    articles,
    sides: requests.map(([what, all]) => ({
      what,
      doran: { pids: [doran.pid], inspector: doran.inspector, load: load(doran.url, all) },
      floor: { pids: [floor.pid], load: load(floor.url, all) },
    })),
    async stop() {
      floor.stop()
      await doran.stop()
    },
  }
}

type Reader = Awaited<ReturnType<typeof signUpReaders>>[number]

function requestsOf({ slugs, tags }: Writers, readers: readonly Reader[]): [string, WrkRequest[]][] {
  const sample = Array.from({ length: SAMPLE }, (_, n) => slugs[(n * 7_919) % slugs.length] as string)
  const offsets = Array.from({ length: 40 }, (_, n) => n * 20)
  const headersOf = (n: number) => ({ authorization: readers[n % READERS]?.authorization as string })
  const likes = sample.slice(0, 400).map((slug, n) => ({
    path: `/api/articles/${slug}/favorite`,
    headers: headersOf(n),
  }))
  return [
    ['article list of 20', offsets.map((offset) => `/api/articles?offset=${offset}`)],
    ['article list of 20 by tag', tags.map((tag) => `/api/articles?tag=${encodeURIComponent(tag)}`)],
    ['article', sample.map((slug) => `/api/articles/${slug}`)],
    ['article feed of 20', readers.map((_, n) => ({ path: '/api/articles/feed', headers: headersOf(n) }))],
    // Each favourite is removed later, so that every request changes something.
    [
      'favourite and take back',
      [...likes.map((like) => ({ method: 'POST', ...like })), ...likes.map((like) => ({ method: 'DELETE', ...like }))],
    ],
  ]
}

/** Registers readers who follow ten authors each. */
async function signUpReaders(baseUrl: string) {
  const readers = []
  for (let number = 0; number < READERS; number++) {
    const username = newId()
    const account = { username, email: `${username}@example.com`, password: 'correct horse' }
    const { user } = await httpClient(auth, { baseUrl }).registerMember(account)
    const { userId } = await httpClient(auth, { baseUrl }).signIn(account)
    const api = httpClient(profile, { baseUrl, token: () => user.token })
    const { articles } = (await (await fetch(`${baseUrl}/api/articles?limit=100&offset=${number * 5}`)).json()) as {
      articles: { author: { username: string } }[]
    }
    const authors = [...new Set(articles.map(({ author }) => author.username))].slice(0, 10)
    for (const author of authors) await api.followProfile({ username: author })
    readers.push({ userId, authorization: `Token ${user.token}` })
  }
  return readers
}

/** Both sides give the same response, so they do the same work. */
async function assertSame(doranUrl: string, floorUrl: string, request: WrkRequest): Promise<void> {
  const { method = 'GET', path, headers = {} } = typeof request === 'string' ? { path: request } : request
  const ask = async (url: string) => (await fetch(url + path, { method, headers })).json()
  assert.deepEqual(await ask(doranUrl), await ask(floorUrl), path)
}
