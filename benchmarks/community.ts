/**
 * `npm run bench:community [-- --articles 1000,1000000 --rounds 5 --seconds 3]`: the RealWorld routes beside a minimal
 * implementation of the same answers in the same run, for each number of articles. Servers are kept on the first core
 * and the load on the second. Compare ratios only: the machine is shared with the database.
 */
import assert from 'node:assert/strict'
import { fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { auth } from '@doran/auth/contract'
import { startEmbeddedPostgres } from '@doran/embedded-postgres'
import { newId } from '@doran/kernel'
import { httpClient } from '@doran/kernel/client'
import { Pool } from '@doran/kernel/platform'
import { profile } from '@doran/profile/contract'
import type { CommunityFloorRequest } from './community-floor.ts'
import { compare, writeResult } from './compare.ts'
import { startOnFirstCore } from './server.ts'
import { loadWriters } from './writers.ts'
import { type WrkRequest, wrk } from './wrk.ts'

const { values } = parseArgs({
  options: {
    articles: { type: 'string', default: '1000,1000000' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '3' },
  },
})
const sizes = values.articles.split(',').map(Number)
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
const READERS = 32
/** Articles that are asked for one by one. */
const SAMPLE = 2_000
const BAR = 0.7
const GROWTH_BAR = 1.5

type Table = ReturnType<typeof compare>

async function measure(count: number): Promise<Table> {
  const folder = await mkdtemp(join(tmpdir(), 'doran-bench-'))
  const postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') })
  const begun = performance.now()
  const { slugs, tags } = await loadWriters(postgres.url(), count)
  const pool = new Pool(postgres.url(), 1)
  await pool.query({ statement: () => ({ name: 'vacuum', text: 'vacuum analyze', values: [] }) } as never)
  await pool.close()
  console.log(`${count} articles were loaded in ${Math.round((performance.now() - begun) / 1000)} s`)

  const doran = await startOnFirstCore('start', {
    DATABASE_URL: postgres.url(),
    DORAN_DATA: folder,
    PAYMENT_SANDBOX_URL: 'http://127.0.0.1:1',
  })
  const readers = await signUpReaders(doran.url)
  const floor = fork(new URL('./community-floor.ts', import.meta.url), { stdio: 'inherit' })
  floor.send({
    databaseUrl: postgres.url(),
    readers: Object.fromEntries(readers.map(({ authorization, userId }) => [authorization, userId])),
  } satisfies CommunityFloorRequest)
  const [{ port }] = (await once(floor, 'message')) as [{ port: number }]
  spawnSync('taskset', ['-acp', '0', String(floor.pid)])
  const floorUrl = `http://127.0.0.1:${port}`

  const sample = Array.from({ length: SAMPLE }, (_, n) => slugs[(n * 7_919) % slugs.length] as string)
  const offsets = Array.from({ length: 40 }, (_, n) => n * 20)
  const headersOf = (n: number) => ({ authorization: readers[n % READERS]?.authorization as string })
  const likes = sample.slice(0, 400).map((slug, n) => ({
    path: `/api/articles/${slug}/favorite`,
    headers: headersOf(n),
  }))
  const requests: [string, WrkRequest[]][] = [
    ['list of 20', offsets.map((offset) => `/api/articles?offset=${offset}`)],
    ['list of 20 by tag', tags.map((tag) => `/api/articles?tag=${encodeURIComponent(tag)}`)],
    ['article', sample.map((slug) => `/api/articles/${slug}`)],
    ['feed of 20', readers.map((_, n) => ({ path: '/api/articles/feed', headers: headersOf(n) }))],
    // Each like is taken back later on, so that every request changes something.
    [
      'favorite and unfavorite',
      [...likes.map((like) => ({ method: 'POST', ...like })), ...likes.map((like) => ({ method: 'DELETE', ...like }))],
    ],
  ]
  for (const [, all] of requests) await assertSame(doran.url, floorUrl, all[0] as WrkRequest)

  const table = compare(
    requests.map(([name, all]) => ({
      name,
      bar: BAR,
      doran: () => wrk(folder, doran.url, all, seconds),
      floor: () => wrk(folder, floorUrl, all, seconds),
    })),
    rounds,
  )
  floor.disconnect()
  await doran.stop()
  await postgres.stop()
  await rm(folder, { recursive: true })
  return table
}

/** Readers who each follow ten authors. */
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

/** Both give the same answer, so they do the same work. */
async function assertSame(doranUrl: string, floorUrl: string, request: WrkRequest): Promise<void> {
  const { method = 'GET', path, headers = {} } = typeof request === 'string' ? { path: request } : request
  const ask = async (url: string) => (await fetch(url + path, { method, headers })).json()
  assert.deepEqual(await ask(doranUrl), await ask(floorUrl), path)
}

const tables = new Map<number, Table>()
for (const count of sizes) {
  const table = await measure(count)
  tables.set(count, table)
  console.log(`${count} articles, ${rounds} rounds of ${seconds} s, 32 connections`)
  console.table(table)
}
const [few, many] = [tables.get(sizes[0] as number), tables.get(sizes.at(-1) as number)] as [Table, Table]
const growth = few.map(({ name, doran }, index) => {
  const slower = doran / (many[index]?.doran as number)
  return { name, 'times slower': Number(slower.toFixed(2)), bar: GROWTH_BAR }
})
if (sizes.length > 1) {
  console.log(`${sizes.at(-1)} articles compared with ${sizes[0]}`)
  console.table(growth)
}
writeResult({ rounds, seconds, tables: Object.fromEntries(tables), ...(sizes.length > 1 && { growth }) })
