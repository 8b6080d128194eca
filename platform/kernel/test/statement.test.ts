import assert from 'node:assert/strict'
import { after, before, describe, it, mock } from 'node:test'
import { createTestDatabase } from '@doran/kernel/testing'
import pg from 'pg'
import { type NamedStatement, Pipeline, statement } from '../database/driver.ts'

interface Spied {
  connection: { describe(): void }
}

function runOn(client: pg.Client, given: NamedStatement): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const callback = (error: Error | null, result: pg.QueryResult) => (error ? reject(error) : resolve(result))
    client.query(Object.assign(statement(given), { callback }))
  })
}

describe('a named statement', () => {
  let database: Awaited<ReturnType<typeof createTestDatabase>>
  let client: pg.Client & Spied
  let described: { mock: { callCount(): number; resetCalls(): void } }
  before(async () => {
    database = await createTestDatabase([])
    client = new pg.Client({ connectionString: database.url }) as pg.Client & Spied
    await client.connect()
    await client.query('create table things (id int primary key, name text, made timestamptz)')
    await client.query(`insert into things values (1, 'lamp', '2026-01-01'), (2, null, null)`)
    described = mock.method(client.connection, 'describe')
  })
  after(async () => {
    await client.end()
    await database.drop()
  })
  const run = (given: NamedStatement) => runOn(client, given)
  const find = (id: number): NamedStatement => ({
    name: 'find',
    text: 'select * from things where id = $1',
    values: [id],
  })

  it('asks for its columns only at its first run on a connection, and reads all rows the same way', async () => {
    described.mock.resetCalls()

    const results = []
    for (const id of [1, 2, 3, 1]) results.push(await run(find(id)))

    assert.equal(described.mock.callCount(), 1)
    const lamp = { id: 1, name: 'lamp', made: new Date('2026-01-01T00:00:00Z') }
    assert.deepEqual(
      results.map(({ rows }) => rows.map((row) => ({ ...row }))),
      [[lamp], [{ id: 2, name: null, made: null }], [], [lamp]],
    )
    assert.deepEqual(
      results.map(({ fields }) => fields.map(({ name }) => name)),
      Array(4).fill(['id', 'name', 'made']),
    )
  })

  it('remembers that it has no columns, too', async () => {
    described.mock.resetCalls()
    const rename = (name: string) => ({ name: 'rename', text: 'update things set name = $1', values: [name] })

    const counts = [await run(rename('desk')), await run(rename('chair'))].map(({ rowCount }) => rowCount)

    assert.deepEqual(counts, [2, 2])
    assert.equal(described.mock.callCount(), 1)
  })

  it('asks again on another connection', async () => {
    const other = new pg.Client({ connectionString: database.url })
    await other.connect()
    const { rows } = await runOn(other, find(2))
    await other.end()

    assert.deepEqual(
      rows.map(({ id }) => id),
      [2],
    )
  })

  it('asks within a pipeline and remembers it afterwards', async () => {
    described.mock.resetCalls()
    const send = () =>
      new Promise<unknown[]>((resolve, reject) => {
        const found: unknown[] = []
        const callback = (error: Error | null, result?: unknown) => {
          if (error) return reject(error)
          found.push((result as pg.QueryResult).rows.map(({ sum }) => sum))
          if (found.length === 2) resolve(found)
        }
        const add = (values: number[]) => ({ name: 'add', text: 'select $1::int + $2::int as sum', values, callback })
        client.query(new Pipeline([add([1, 2]), add([3, 4])]) as never)
      })

    assert.deepEqual(await send(), [[3], [7]])
    assert.deepEqual(await send(), [[3], [7]])
    assert.equal(described.mock.callCount(), 2, 'both of the first pipeline')
  })

  it('still works after a failure', async () => {
    const divide = (by: number) => ({ name: 'divide', text: 'select 6 / $1::int as share', values: [by] })

    await assert.rejects(run(divide(0)), { code: '22012' })
    assert.equal((await run(divide(2))).rows[0].share, 3)
    await assert.rejects(run(divide(0)), { code: '22012' })
    assert.equal((await run(divide(3))).rows[0].share, 2)
  })

  it('is refused by PostgreSQL when its columns have changed, and never read with the old ones', async () => {
    await run(find(1))
    await client.query('alter table things add column price int')

    await assert.rejects(run(find(1)), { code: '0A000', message: /cached plan must not change result type/ })
  })
})
