import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { fleetConfig } from '@doran/fleet'
import { ConfigError, kernelConfig } from '@doran/kernel/platform'
import { freePort } from '@doran/kernel/testing'
import { Child } from '../children.ts'
import { serverConfig } from '../config.ts'
import {
  findSandboxSecret,
  makeSandboxSecret,
  mistakenSecrets,
  secretSettings,
  takeSecretsFromFiles,
} from '../secrets.ts'
import { services } from '../services.ts'

const program = fileURLToPath(new URL('../doran.ts', import.meta.url))
const own = {
  PAYMENT_SANDBOX_SECRET: 'a secret of this very test',
  AUTH_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
}

let folder: string
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doran-secrets-'))
})
after(() => rm(folder, { recursive: true }))

/** Runs a command that ends by itself. Returns its exit code and what it wrote to stderr. */
async function run(args: string[], environment: Record<string, string>): Promise<{ code: number; said: string }> {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [program, ...args], { env: { PATH, DORAN_DATA: folder, ...environment } })
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  return { code, said }
}

describe('a well-known secret', { timeout: 60_000 }, () => {
  const mistakes = (environment: Record<string, string>, host = '127.0.0.1') =>
    mistakenSecrets(environment, services, { host }).map((mistake) => mistake.split(' ')[0])

  it('is accepted on a machine that nobody else can reach', () => {
    for (const host of ['127.0.0.1', '127.0.0.2', 'localhost', '::1']) assert.deepEqual(mistakes({}, host), [])
  })

  it('is refused in production, where others can reach Doran, and with a provider on another machine', () => {
    const known = ['PAYMENT_SANDBOX_SECRET']

    assert.deepEqual(mistakes({ NODE_ENV: 'production' }), [...known, 'AUTH_ENCRYPTION_KEY'])
    assert.deepEqual(mistakes({}, '0.0.0.0'), known)
    assert.deepEqual(mistakes({}, '::'), known)
    assert.deepEqual(mistakes({ PAYMENT_SANDBOX_URL: 'http://pay.example.com' }), known)
    assert.deepEqual(mistakes({ ...own, NODE_ENV: 'production' }, '0.0.0.0'), [])
  })

  it('does not count if the process generates one for the sandbox that it runs', () => {
    const production = { NODE_ENV: 'production', AUTH_ENCRYPTION_KEY: own.AUTH_ENCRYPTION_KEY }

    assert.deepEqual(mistakenSecrets(production, services, { host: '0.0.0.0', ownSandbox: true }), [])
  })

  it("is refused beside a secret of one's own, and when it is set explicitly", () => {
    const known = 'sandbox-secret-for-this-machine-only'

    assert.deepEqual(
      mistakes({ ...own, PAYMENT_SANDBOX_SECRET: `${own.PAYMENT_SANDBOX_SECRET},${known}` }, '0.0.0.0'),
      ['PAYMENT_SANDBOX_SECRET'],
    )
    assert.deepEqual(mistakes({ ...own, PAYMENT_SANDBOX_SECRET: known }, '0.0.0.0'), ['PAYMENT_SANDBOX_SECRET'])
  })

  it('keeps everything, a service and the sandbox from starting, and all such settings are reported at once', async () => {
    const production = { NODE_ENV: 'production', PORT: '0', DATABASE_URL: 'postgres://doran@127.0.0.1:9/doran' }
    const provider = { PAYMENT_SANDBOX_URL: 'http://127.0.0.1:9' }

    const all = await run(['start'], { ...production, ...provider })
    const service = await run(['start', '--services', 'payment'], production)
    const sandbox = await run(['sandbox-payment'], { SANDBOX_HOST: '0.0.0.0', SANDBOX_PORT: '0' })

    for (const { code, said } of [all, service, sandbox]) {
      assert.equal(code, 1, said)
      assert.match(said, /PAYMENT_SANDBOX_SECRET has its default, .* `openssl rand -hex 32`/)
    }
    assert.match(all.said, /AUTH_ENCRYPTION_KEY is missing.* `openssl rand -base64 32`/)
    assert.doesNotMatch(service.said, /AUTH_ENCRYPTION_KEY/)
  })
})

describe('the secret of the sandbox that Doran starts', { timeout: 60_000 }, () => {
  it('is generated at the first start, kept in the data folder for its owner alone, and found again', async () => {
    const data = join(folder, 'data')
    assert.equal(findSandboxSecret(data), undefined)

    const secret = makeSandboxSecret(data)

    assert.match(secret, /^[0-9a-f]{64}$/)
    assert.equal(makeSandboxSecret(data), secret)
    assert.equal(findSandboxSecret(data), secret)
    assert.equal((await stat(join(data, 'sandbox-secret'))).mode & 0o077, 0)
  })

  it('opens a sandbox that listens on loopback although Doran listens on all addresses', async (t) => {
    const secret = makeSandboxSecret(folder)
    const port = await freePort()
    const environment = { ...process.env, DORAN_DATA: folder, SANDBOX_PORT: String(port), HOST: '0.0.0.0' }
    const sandbox = new Child({
      name: 'sandbox',
      command: ['sandbox-payment'],
      environment: { ...environment, PAYMENT_SANDBOX_SECRET: `${secret},${own.PAYMENT_SANDBOX_SECRET}` },
      onLine: () => {},
    })
    t.after(() => sandbox.stop())
    const url = await sandbox.start()
    const ask = async (bearer: string) =>
      (await fetch(`${url}/v1/ledger`, { headers: { authorization: `Bearer ${bearer}` } })).status

    assert.equal(url, `http://127.0.0.1:${port}`)
    assert.equal(await ask(secret), 200)
    assert.equal(await ask(own.PAYMENT_SANDBOX_SECRET), 200)
    assert.equal(await ask('sandbox-secret-for-this-machine-only'), 401)
  })
})

describe('a secret from a file', () => {
  it('is the trimmed content of the file', async () => {
    const file = join(folder, 'service-secret')
    await writeFile(file, `\n${'s'.repeat(40)}\n`)
    const environment: NodeJS.ProcessEnv = { DORAN_SERVICE_SECRET_FILE: file }

    takeSecretsFromFiles(environment)

    assert.deepEqual(environment, { DORAN_SERVICE_SECRET: (await readFile(file, 'utf8')).trim() })
  })

  it('is reported if it cannot be read, is empty or is set twice, all of them at once', async () => {
    const empty = join(folder, 'empty')
    await writeFile(empty, '\n')
    const environment = {
      DATABASE_URL_FILE: join(folder, 'absent'),
      ORDER_DATABASE_URL_FILE: empty,
      ADMIN_PASSWORD_FILE: empty,
      ADMIN_PASSWORD: 'what was given before',
    }

    assert.throws(
      () => takeSecretsFromFiles(environment),
      (error: Error) => {
        assert.ok(error instanceof ConfigError)
        assert.match(error.message, /DATABASE_URL_FILE names \S+, which cannot be read \(ENOENT\)/)
        assert.match(error.message, /ORDER_DATABASE_URL_FILE names \S+, which is empty/)
        assert.match(error.message, /ADMIN_PASSWORD_FILE is set, and so is ADMIN_PASSWORD: keep one of them/)
        assert.doesNotMatch(error.message, /what was given before/)
        return true
      },
    )
  })

  it('may hold each setting whose name marks a secret', () => {
    const schemas = [kernelConfig, serverConfig, fleetConfig, ...services.flatMap(({ config }) => config ?? [])]
    const named = schemas
      .flatMap(({ properties }) => Object.keys(properties))
      .filter((name) => /(SECRET|PASSWORD|TOKEN|_KEY)$|^(DATABASE|REDIS)_URL$/.test(name))
      // This setting names a file itself.
      .filter((name) => name !== 'DORAN_TLS_KEY')

    assert.deepEqual(
      named.filter((name) => !secretSettings.includes(name)),
      [],
    )
  })

  it('reaches the command that needs it', { timeout: 60_000 }, async () => {
    const file = join(folder, 'database')
    await writeFile(file, 'mysql://not/postgres\n')

    const { code, said } = await run(['start'], { DATABASE_URL_FILE: file, ...own })

    assert.equal(code, 1)
    assert.match(said, /DATABASE_URL must be a URL like postgres:/)
  })
})
