/** The rights of the role with which services use the embedded database. */
import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { APP_ROLE, type EmbeddedPostgres, startEmbeddedPostgres } from '@doran/embedded-postgres'
import pg from 'pg'

let folder: string
let postgres: EmbeddedPostgres
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doran-roles-'))
  // PostgreSQL's account must be able to pass through.
  await chmod(folder, 0o755)
  postgres = await startEmbeddedPostgres({ folder: join(folder, 'postgres') })
})
after(async () => {
  await postgres.stop()
  await rm(folder, { recursive: true })
})

async function ask(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const results = await client.query(statement).finally(() => client.end())
  return (Array.isArray(results) ? results.at(-1) : results).rows
}

describe('the role that uses the embedded database', { timeout: 60_000 }, () => {
  it('owns the database and has no rights beyond it', async () => {
    const [role] = await ask(
      postgres.url(),
      `select rolname as name, rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as mighty
       from pg_roles where rolname = current_user`,
    )

    assert.deepEqual(role, { name: APP_ROLE, mighty: false })
    await ask(postgres.url(), 'create schema shop; create table shop.things (id int); drop schema shop cascade')
    for (const statement of [
      `copy (select 1) to program 'true'`,
      `select pg_read_file('/etc/passwd')`,
      `alter role ${APP_ROLE} superuser`,
      'create database another',
      'alter system set fsync = off',
    ]) {
      await assert.rejects(ask(postgres.url(), statement), { code: '42501' }, statement)
    }
  })

  it('can read the identifier of the server, which deliveries between databases need', async () => {
    const [server] = await ask(postgres.url(), 'select system_identifier is not null as known from pg_control_system()')

    assert.deepEqual(server, { known: true })
  })

  it('takes over a database that an earlier version created as the superuser, with all its content', async () => {
    const { adminUrl } = postgres
    await ask(adminUrl(), 'alter database doran owner to doran')
    await ask(
      adminUrl('doran'),
      `create schema old;
       create domain old.amount as bigint;
       create type old.state as enum ('open', 'closed');
       create table old.orders (id bigint generated always as identity primary key, total old.amount, state old.state);
       create sequence old.numbers;
       create view old.open as select * from old.orders where state = 'open';
       create function old.twice(value int) returns int language sql return value * 2;
       insert into old.orders (total, state) values (12900, 'open')`,
    )

    const [again, once] = await Promise.all(
      [1, 2].map(() => startEmbeddedPostgres({ folder: join(folder, 'postgres') })),
    )

    assert.deepEqual([again?.adopted, once?.adopted], [true, true])
    await ask(postgres.url(), `alter table old.orders add column note text; insert into old.orders (total) values (1)`)
    assert.deepEqual(
      await ask(postgres.url(), `select total, old.twice(2) as four, nextval('old.numbers') as number from old.open`),
      [{ total: '12900', four: 4, number: '1' }],
    )
    await ask(postgres.url(), 'drop schema old cascade')
  })
})
