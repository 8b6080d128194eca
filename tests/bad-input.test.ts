/**
 * Sends invalid and hostile input to every public operation of every service. The answer must always be a documented
 * problem and never an internal error.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { article } from '@doran/article/contract'
import { auth } from '@doran/auth/contract'
import { comment } from '@doran/comment/contract'
import { newId } from '@doran/kernel'
import type { Operation } from '@doran/kernel/contract'
import type { TestUser } from '@doran/kernel/testing'
import { user } from '@doran/user/contract'
import fc from 'fast-check'
import { errors, services } from '../apps/server/services.ts'
import { type Marketplace, openMarketplace } from './journeys/marketplace.ts'
import type { Doran } from './journeys/processes.ts'

const known = new Set(errors.map(({ code }) => code))
const RUNS = 30
const SEED = 20_261_121

interface Schema {
  type?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: unknown[]
  anyOf?: Schema[]
  format?: string
  contentMediaType?: string
}

const hostile = fc.constantFrom<unknown>(
  null,
  true,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  '\u0000',
  '\ud800',
  "'; drop table users; --",
  '<script>alert(1)</script>',
  '../../etc/passwd',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: an attacker's template injection
  '${7*7}',
  'x'.repeat(20_000),
  '9'.repeat(400),
  [],
  [[]],
  {},
  { $ne: null },
  '2026-02-31T00:00:00.000Z',
  'urn:uuid:00000000-0000-7000-8000-000000000000',
)

/** Generates a valid value now and then, and something else more often. */
function anything(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 2, arbitrary: fitting(schema) },
    { weight: 3, arbitrary: hostile },
    { weight: 1, arbitrary: fc.jsonValue() },
  )
}

function fitting(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fitting))
  switch (schema.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, member]) => [name, anything(member)])),
        {
          requiredKeys: [],
        },
      )
    case 'array':
      return fc.array(schema.items ? anything(schema.items) : fc.jsonValue(), { maxLength: 3 })
    case 'integer':
    case 'number':
      return fc.integer()
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      if (schema.format === 'uuid') return fc.constant(newId())
      return schema.format === 'email' ? fc.emailAddress() : fc.string({ maxLength: 40, unit: 'grapheme' })
  }
}

/** Generates a body whose members have the right types, so that it passes validation and reaches the handler. */
function nearlyRight(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.type !== 'object') return fitting(schema)
  return fc.record(
    Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, member]) => [name, fitting(member)])),
    { requiredKeys: schema.required ?? [] },
  )
}

function bodyOf({ body, envelope }: Operation): fc.Arbitrary<unknown> {
  if (!body) return fc.constant(undefined)
  const content = fc.oneof(fitting(body as Schema), nearlyRight(body as Schema))
  return envelope ? fc.oneof({ weight: 4, arbitrary: fc.record({ [envelope]: content }) }, content, hostile) : content
}

/** Values of existing objects, for path parameters. */
const present: Record<string, string> = { slug: 'bad-input', username: 'bad input', id: '1' }

describe('bad input', () => {
  let market: Marketplace
  let platform: Doran
  before(async () => {
    market = await openMarketplace()
    platform = market.platform
    const author = await signedIn(market, [])
    await platform.api(user, author).updateUser({ userId: author.id, username: 'bad input' })
    await platform.api(article, author).createArticle({ title: 'Bad input', description: 'For tests', body: 'Text' })
    await platform.api(comment, author).addComment({ slug: 'bad-input', body: 'First' })
  })
  after(() => market.close())

  for (const { contract } of services) {
    let users: TestUser[] = []
    for (const [name, operation] of Object.entries(contract.operations)) {
      if (operation.access === 'internal') continue
      it(`gets a documented problem from ${contract.name}.${name}`, async () => {
        // Some operations end sessions.
        if (!(await areSignedIn(market, users)))
          users = await Promise.all([[], ['seller'], ['seller', 'admin']].map((roles) => signedIn(market, roles)))
        const part = (schema: unknown) => (schema ? fitting(schema as Schema) : fc.constant(undefined))
        const request = fc.record({
          path: fc.array(
            fc.oneof(
              fc.constant(undefined),
              fc.constant(newId()),
              fc.string({ minLength: 1, maxLength: 30 }),
              fc.constant('%00'),
              fc.constant('SKU-1'),
            ),
            {
              minLength: 3,
              maxLength: 3,
            },
          ),
          query: part(operation.query),
          body: bodyOf(operation),
          who: fc.nat({ max: 3 }),
          key: fc.option(fc.constantFrom('a-key', 'two words', '', 'x'.repeat(300))),
        })
        await fc.assert(
          fc.asyncProperty(request, async ({ path, query, body, who, key }) => {
            let position = 0
            const url = (operation.route as string).replace(/:(\w+)/g, (_, name) =>
              encodeURIComponent(path[position++] ?? present[name] ?? newId()).replace('%2500', '%00'),
            )
            const search = new URLSearchParams()
            for (const [name, value] of Object.entries((query as object | undefined) ?? {})) {
              search.append(
                name,
                typeof value === 'string' ? value.slice(0, 2_000).toWellFormed() : JSON.stringify(value),
              )
            }
            const mediaType = (operation.body as Schema | undefined)?.contentMediaType
            const answer = await platform.request(operation.method, `/api${url}?${search}`, {
              as: users[who],
              ...(body !== undefined && { body: mediaType ? String(body) : body }),
              headers: {
                ...(mediaType && { 'content-type': mediaType }),
                ...(key !== null && { 'idempotency-key': key }),
                'x-signature': 't=1,v1=00',
              },
            })
            assertAnswer(answer)
          }),
          { numRuns: RUNS, seed: SEED },
        )
      })
    }
  }

  it('that caused an internal error would be noticed (the test can fail)', () => {
    assert.throws(() => assertAnswer({ status: 500, body: { code: 'internal_error' }, headers: {} }))
    assert.throws(() => assertAnswer({ status: 400, body: { code: 'made_up' }, headers: {} }))
  })
})

function assertAnswer({
  status,
  body,
}: {
  status: number
  body: { code?: string; requestId?: string }
  headers: object
}): void {
  if (status < 400) return
  assert.ok(status < 500, `answered ${status}: ${JSON.stringify(body)}`)
  assert.ok(known.has(body.code ?? ''), `${status} with the undocumented code ${body.code}`)
  assert.doesNotMatch(JSON.stringify(body), /select |insert |\.ts:|node_modules|pg_catalog/)
}

async function signedIn(market: Marketplace, roles: string[]): Promise<TestUser> {
  const email = `${newId()}@example.com`
  const account = { email, password: 'a long password', name: 'Tester' }
  await market.platform.client(auth).ensureAccount({ ...account, roles: roles as ('seller' | 'admin')[] })
  const tokens = await market.platform.api(auth).signIn({ email, password: account.password })
  return { id: tokens.userId, roles, session: '', token: tokens.accessToken }
}

async function areSignedIn({ platform }: Marketplace, users: readonly TestUser[]): Promise<boolean> {
  const answers = await Promise.all(users.map((as) => platform.request('GET', '/api/auth/sessions', { as })))
  return users.length > 0 && answers.every(({ status }) => status === 200)
}
