import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { APP_ROLE, startEmbeddedPostgres } from '@doran/embedded-postgres'
import { createTestDatabase, freePort, startPlatform, startTestPostgres } from '@doran/kernel/testing'
import { startSandbox } from '@doran/payment-sandbox'
import pg from 'pg'
import { makeCertificates } from '../commands/certs.ts'
import { examine } from '../commands/doctor.ts'
import { services } from '../services.ts'

const SECRET = 'a secret of this test'
let folder: string
let database: Awaited<ReturnType<typeof createTestDatabase>>
/** A set-up in which nothing is wrong. */
let healthy: Record<string, string>

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doran-doctor-'))
  database = await createTestDatabase(services)
  healthy = {
    DATABASE_URL: database.url,
    DORAN_DATA: folder,
    PORT: String(await freePort()),
    SANDBOX_PORT: String(await freePort()),
    AUTH_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  }
})
after(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

interface Verdict {
  code: number
  lines: string[]
  said: string
}

/** Returns what `doran doctor` finds in an environment that contains nothing else. */
async function doctor(environment: Record<string, string>): Promise<Verdict> {
  const { code, lines } = await examine(environment)
  return { code, lines, said: lines.join('\n') }
}

/** Returns the same from the command, in a process of its own. */
function doctorCommand(environment: Record<string, string>): Promise<Verdict> {
  const program = fileURLToPath(new URL('../doran.ts', import.meta.url))
  const { PATH = '' } = process.env
  return new Promise((resolve) => {
    const options = { env: { PATH, ...environment }, timeout: 60_000 }
    execFile(process.execPath, [program, 'doctor'], options, (error, stdout, stderr) => {
      const lines = stdout.split('\n').filter((line) => line)
      resolve({ code: error ? Number(error.code) : 0, lines, said: stdout + stderr })
    })
  })
}

async function assertWrong(environment: Record<string, string>, ...expected: RegExp[]): Promise<void> {
  assertFound(await doctor({ ...healthy, ...environment }), ...expected)
}

function assertFound({ code, lines, said }: Verdict, ...expected: RegExp[]): void {
  const wrong = lines.filter((line) => line.startsWith('wrong '))
  assert.equal(wrong.length, expected.length, said)
  for (const [index, line] of expected.entries()) assert.match(wrong[index] as string, line)
  assert.equal(code, 1)
}

async function change(text: string, url = database.url): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(text).finally(() => client.end())
}

async function serve(answer: string): Promise<{ port: number; close: () => void }> {
  const server = createServer((socket) => socket.end(answer)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { port: (server.address() as { port: number }).port, close: () => server.close() }
}

describe('doran doctor', { timeout: 120_000 }, () => {
  it('finds nothing wrong with a healthy set-up', async () => {
    const { code, lines, said } = await doctorCommand(healthy)

    assert.equal(code, 0, said)
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('ok ')),
      [],
    )
    assert.match(said, /^ok {7}DATABASE_URL: PostgreSQL 1\d/m)
    assert.match(said, /^ok {7}PORT \d+: is free/m)
  })

  it('recognises a running Doran and a running payment sandbox', async (t) => {
    const platform = await startPlatform({ services: [], environment: { PORT: '0' } })
    t.after(() => platform.close())
    const sandbox = await startSandbox({ port: 0, host: '127.0.0.1', folder, secret: SECRET })
    t.after(() => sandbox.close())
    const [PORT, SANDBOX_PORT] = [String(await platform.listen()), new URL(sandbox.url).port]

    const { code, said } = await doctor({ ...healthy, PORT, SANDBOX_PORT })

    assert.equal(code, 0, said)
    assert.match(said, /^ok {7}PORT \d+: the Doran that is running at http:\S+ has it/m)
    assert.match(said, /^ok {7}SANDBOX_PORT \d+: the payment sandbox that is running at http:\S+ has it/m)
    await assertWrong(
      { PORT: SANDBOX_PORT, SANDBOX_PORT: PORT },
      /PORT \d+: the payment sandbox at .* set PORT to another port/,
      /SANDBOX_PORT \d+: the Doran at .* set SANDBOX_PORT to another port/,
    )
  })

  it('reports a port that another program has', async (t) => {
    const { port, close } = await serve('220 mail.example ready\r\n')
    t.after(close)

    const verdict = await doctorCommand({ ...healthy, PORT: String(port) })

    assertFound(verdict, /PORT \d+: another program has it; stop that, or set PORT/)
  })

  it('reports every mistake in the settings once, and still checks the rest', async () => {
    const mistaken = {
      PORT: 'http',
      DORAN_SERVICE_URL: 'http://order:8080',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://h/d',
    }

    await assertWrong(
      mistaken,
      /setting PORT must be integer; found "http"/,
      /setting DATABASE_URL must be a URL like postgres:/,
      /setting LOG_LEVEL/,
      /setting DORAN_SERVICE_URL must be a URL with \{service\} in it/,
    )
  })

  it('reports well-known secrets where others can reach Doran, and warns about keys stored beside what they encrypt', async () => {
    const { AUTH_ENCRYPTION_KEY: _, ...rest } = healthy
    const production = {
      ...rest,
      NODE_ENV: 'production',
      DORAN_SERVICES: 'auth,payment',
      DORAN_SERVICE_SECRET: SECRET.repeat(2),
    }

    const beside = await doctor(rest)
    const { code, said } = await doctor({ ...production, PAYMENT_SANDBOX_URL: 'http://127.0.0.1:9' })

    assert.equal(beside.code, 0, beside.said)
    assert.match(beside.said, /^warning {2}setting AUTH_ENCRYPTION_KEY is missing: .* `openssl rand -base64 32`/m)
    assert.equal(code, 1, said)
    assert.match(said, /^wrong {4}setting PAYMENT_SANDBOX_SECRET has its default, .* `openssl rand -hex 32`/m)
    assert.match(said, /^wrong {4}setting AUTH_ENCRYPTION_KEY is missing, and NODE_ENV is production/m)
  })

  it('reports a data folder that cannot be one', async () => {
    const file = join(folder, 'file')
    await writeFile(file, '')

    await assertWrong(
      { DORAN_DATA: join(file, 'data') },
      /data folder .*: \S+file is a file; remove it, or set DORAN_DATA/,
    )
  })

  it('reports what one process of a fleet lacks', async () => {
    const { DATABASE_URL: _, ...rest } = healthy

    const { code, said } = await doctor({ ...rest, DORAN_SERVICES: 'order,oder' })

    assert.equal(code, 1)
    assert.match(said, /^wrong {4}setting DORAN_SERVICES knows no oder; choose from auth/m)
    assert.match(said, /^wrong {4}setting DORAN_SERVICE_SECRET is missing/m)
    assert.match(said, /^wrong {4}setting DATABASE_URL must name the database in which processes find each other/m)
    assert.match(said, /^wrong {4}order: .*set DATABASE_URL/m)
  })
})

describe('doran doctor on a database', { timeout: 120_000 }, () => {
  it('reports a URL that is not one', async () => {
    await assertWrong(
      { ORDER_DATABASE_URL: 'localhost' },
      /ORDER_DATABASE_URL: cannot be used \(it is no URL like postgres:/,
    )
  })

  it('reports one that does not answer, without its password', async () => {
    const url = `postgres://doran:sesame@127.0.0.1:${await freePort()}/doran`

    await assertWrong({ ORDER_DATABASE_URL: url }, /ORDER_DATABASE_URL: cannot be used \(connect ECONNREFUSED/)
    assert.doesNotMatch((await doctor({ ...healthy, ORDER_DATABASE_URL: url })).said, /sesame/)
  })

  it('reports a migration that was changed after it had been applied', async (t) => {
    const other = await createTestDatabase(services)
    t.after(other.drop)
    await change(`update doran.migrations set checksum = 'x' where name = '0001-orders.sql'`, other.url)

    await assertWrong({ DATABASE_URL: other.url }, /DATABASE_URL: the migration order\/0001-orders\.sql was changed/)
  })

  it('warns about migrations that are pending, and about migrations that it does not know', async (t) => {
    const other = await createTestDatabase(services)
    t.after(other.drop)
    await change(`update doran.migrations set name = '9999-later.sql' where name = '0001-orders.sql'`, other.url)

    const { code, said } = await doctor({ ...healthy, DATABASE_URL: other.url })

    assert.equal(code, 0, said)
    assert.match(said, /^warning {2}DATABASE_URL: to be applied: order\/0001-orders\.sql; `doran migrate`/m)
    assert.match(said, /^warning {2}DATABASE_URL: a newer Doran has applied order\/9999-later\.sql/m)
  })

  it('warns about tasks that are dead or late', async (t) => {
    const other = await createTestDatabase(services)
    t.after(other.drop)
    await change(
      `insert into doran.tasks (handler, payload, state, run_at) values
         ('order/on:x', '{}', 'dead', now()), ('order/on:y', '{}', 'ready', now() - interval '2 minutes')`,
      other.url,
    )

    const { code, said } = await doctor({ ...healthy, DATABASE_URL: other.url })

    assert.equal(code, 0, said)
    assert.match(said, /^warning {2}DATABASE_URL: tasks that failed for good: 1; /m)
    assert.match(said, /^warning {2}DATABASE_URL: tasks due for more than a minute: 1; /m)
  })

  it("compares the database's clock with its own", async () => {
    const ahead = (milliseconds: number) => ({
      NODE_OPTIONS: `--import=data:text/javascript,const{now}=Date;Date.now=()=>now()+${milliseconds}`,
    })

    assert.match(
      (await doctorCommand({ ...healthy, ...ahead(3_000) })).said,
      /^warning {2}DATABASE_URL: its clock and ours are [23]\.\d s apart; synchronise/m,
    )
    assertFound(
      await doctorCommand({ ...healthy, ...ahead(-8_000) }),
      /DATABASE_URL: its clock and ours are [78]\.\d s apart/,
    )
  })

  it('reports one with missing rights, too few connections or another encoding', async (t) => {
    const [, name] = /\/(test_\w+)/.exec(database.url) as unknown as [string, string]
    const [role, latin] = [`${name}_role`, `${name}_latin`]
    const admin = (await startTestPostgres()).adminUrl()
    await change(`create role ${role} login connection limit 20`, admin)
    t.after(() => change(`drop role ${role}`, admin))
    await change(`create database ${latin} template template0 encoding latin1 locale_provider libc locale 'C'`, admin)
    t.after(() => change(`drop database ${latin}`, admin))

    await assertWrong(
      { DATABASE_URL: database.url.replace(name, latin).replace(`//${APP_ROLE}@`, `//${role}@`) },
      /DATABASE_URL: its encoding is LATIN1; make a database with/,
      /DATABASE_URL: test_\w+ may not create schemas, .*: `grant create on database test_\w+ to test_\w+`/,
      /DATABASE_URL: allows 20 connections, .*lower DATABASE_POOL_SIZE/,
    )
  })

  it('starts the embedded one only for the check, and creates none', async (t) => {
    const data = await mkdtemp(join(tmpdir(), 'doran-doctor-'))
    t.after(() => rm(data, { recursive: true }))
    const { DATABASE_URL: _, ...others } = healthy
    const rest = { ...others, DORAN_DATA: data }

    assert.match((await doctor(rest)).said, /^ok {7}embedded PostgreSQL: is installed; the first start makes/m)
    assert.equal(existsSync(join(data, 'postgres')), false)

    const postgres = await startEmbeddedPostgres({ folder: join(data, 'postgres') })
    t.after(postgres.stop)
    const running = join(data, 'postgres/postmaster.pid')
    assert.match((await doctor(rest)).said, /^ok {7}embedded PostgreSQL: PostgreSQL 1\d/m)
    assert.equal(existsSync(running), true)

    await postgres.stop()
    const { code, said } = await doctor(rest)
    assert.equal(code, 0, said)
    assert.match(said, /^warning {2}embedded PostgreSQL: is empty; `doran migrate`/m)
    assert.equal(existsSync(running), false)
  })
})

describe("doran doctor on Doran's surroundings", { timeout: 120_000 }, () => {
  it('asks the payment provider whether it accepts the secret', async (t) => {
    const sandbox = await startSandbox({ port: 0, host: '127.0.0.1', folder, secret: SECRET })
    t.after(() => sandbox.close())
    const given = { PAYMENT_SANDBOX_URL: sandbox.url, PAYMENT_SANDBOX_SECRET: SECRET }

    assert.match((await doctor({ ...healthy, ...given })).said, /^ok {7}PAYMENT_SANDBOX_URL http:\S+: answers/m)
    await assertWrong(
      { ...given, PAYMENT_SANDBOX_SECRET: 'the secret of another' },
      /PAYMENT_SANDBOX_URL .*: refuses our secret; set PAYMENT_SANDBOX_SECRET/,
    )
    await assertWrong(
      { PAYMENT_SANDBOX_URL: `http://127.0.0.1:${await freePort()}` },
      /PAYMENT_SANDBOX_URL .*: does not answer \(.*ECONNREFUSED.*; start it/,
    )
  })

  it('reports a Redis that does not answer', async () => {
    await assertWrong(
      { REDIS_URL: `redis://127.0.0.1:${await freePort()}` },
      /REDIS_URL: Redis does not answer \(connect ECONNREFUSED/,
    )
  })

  it('checks the certificates', async () => {
    const { ca, of } = await makeCertificates({ folder: join(folder, 'certificates'), days: 10 })
    const other = await makeCertificates({ folder: join(folder, 'other') })
    const set = { DORAN_TLS_CA: ca, DORAN_TLS_CERT: of('order').cert, DORAN_TLS_KEY: of('order').key }
    const one = { DORAN_SERVICES: 'payment', DORAN_SERVICE_SECRET: 'x'.repeat(32) }

    assert.match(
      (await doctor({ ...healthy, ...set })).said,
      /^warning {2}DORAN_TLS_CERT .*: ends in 9 days; renew it/m,
    )
    await assertWrong({ DORAN_TLS_CA: ca }, /DORAN_TLS_CA, DORAN_TLS_CERT and DORAN_TLS_KEY belong together/)
    await assertWrong({ ...set, DORAN_TLS_CA: other.ca }, /DORAN_TLS_CERT .*order\.pem is not signed by DORAN_TLS_CA/)
    await assertWrong({ ...set, ...one }, /DORAN_TLS_CERT .*: does not bear the name payment; give the one of/)
  })
})
