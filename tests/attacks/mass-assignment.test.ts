import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { order } from '@doran/order/contract'
import pg from 'pg'
import { address } from '../journeys/marketplace.ts'
import { PASSWORD, type Person, startVictim, type Victim } from './victim.ts'

const MARK = 'smuggled-7f3a'

const MEMBERS = { isAdmin: MARK, roles: [MARK], sellerid: MARK, undeclared: { [MARK]: MARK } }

/** Returns the same value with undeclared members in every object. */
function smuggled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(smuggled)
  if (!(value instanceof Object)) return value
  return { ...Object.fromEntries(Object.entries(value).map(([name, member]) => [name, smuggled(member)])), ...MEMBERS }
}

interface Storing {
  readonly method?: string
  readonly path: string
  readonly as?: Person
  readonly body: object
}

const NAME = { ko: '이름', en: 'Name' }

describe('members that an operation does not declare', () => {
  let victim: Victim
  let member: Person
  before(async () => {
    victim = await startVictim()
    member = await victim.member()
  })
  after(() => victim.close())

  /** Every operation that stores an object of its body. */
  async function storing(): Promise<Storing[]> {
    const carts = victim.api(order, member)
    const { id: cartId } = await carts.createCart()
    const { total } = await carts.addLine({ cartId, sku: victim.sku, quantity: 1 })
    const account = { email: 'smuggler@example.com', password: PASSWORD }
    const article = { title: 'Smuggled', description: 'd', body: 'b', tagList: ['t'] }
    const offered = { category: 'food', name: NAME, variants: [{ sku: 'SMUGGLED-1', price: 10 }] }
    return [
      { path: '/auth/register', body: { ...account, name: 'Smuggler' } },
      { path: '/users', body: { user: { ...account, email: 'second@example.com', username: 'smuggler' } } },
      { method: 'PUT', path: `/users/${member.id}`, as: member, body: { name: 'Renamed' } },
      { path: '/users/me/addresses', as: member, body: address },
      { path: '/orders', as: member, body: { cartId, expectedTotal: total, address, note: 'n' } },
      { path: '/products', as: victim.seller, body: offered },
      { path: '/categories', as: victim.admin, body: { slug: 'smuggled', name: NAME } },
      { path: '/brands', as: victim.admin, body: { slug: 'smuggled', name: NAME } },
      { path: '/articles', as: member, body: { article } },
      { path: '/articles/smuggled/comments', as: member, body: { comment: { body: 'b' } } },
      { path: '/articles/smuggled/reports', as: victim.seller, body: { reason: 'spam' } },
    ]
  }

  async function send(
    { method = 'POST', path, as }: Storing,
    body: unknown,
  ): Promise<{ status: number; text: string }> {
    const answer = await fetch(`${victim.url}/api${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': `${MARK.length}${crypto.randomUUID()}`,
        ...(as && { authorization: `Bearer ${as.token}` }),
      },
      body: JSON.stringify(body),
    })
    return { status: answer.status, text: await answer.text() }
  }

  it('are neither returned nor stored anywhere', async () => {
    for (const each of await storing()) {
      const everywhere = await send(each, smuggled(each.body))
      // Some nested objects refuse undeclared members. That must be the reason; then only the outermost object gets
      // more.
      const refused = everywhere.text.includes('must NOT have additional properties')
      const { status, text } = refused ? await send(each, { ...each.body, ...MEMBERS }) : everywhere

      assert.ok(status < 300, `${each.path} answered ${status} ${text}`)
      for (const answer of [everywhere.text, text])
        assert.ok(!answer.includes(MARK), `${each.path} answered what was smuggled in: ${answer}`)
    }
    assert.deepEqual(await tablesWith(victim.databaseUrl, MARK), [])
  })

  it('would be found if they were stored (the test can fail)', async () => {
    const [first] = await storing()
    const body = { email: 'third@example.com', password: PASSWORD, name: `A ${MARK}` }

    const { status } = await send(first as Storing, body)

    assert.equal(status, 201)
    assert.ok((await tablesWith(victim.databaseUrl, MARK)).length > 0)
  })
})

/** Returns all tables that contain the text in any column. */
async function tablesWith(databaseUrl: string, text: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(`
      select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`)
    const found: string[] = []
    for (const { name } of rows) {
      const { rowCount } = await client.query(`select 1 from ${name} as t where t::text like $1 limit 1`, [`%${text}%`])
      if (rowCount) found.push(name)
    }
    return found
  } finally {
    await client.end()
  }
}
