import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { readSettings } from '../../apps/server/config.ts'
import { connectionsOf } from '../../apps/server/doctor/databases.ts'
import { assertOwnSecrets } from '../../apps/server/secrets.ts'
import { services } from '../../apps/server/services.ts'
import { type ComposeService, fillIn, readCompose, readYaml } from './compose.ts'

const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')
const secrets = {
  POSTGRES_PASSWORD: 'a'.repeat(64),
  REDIS_PASSWORD: 'd'.repeat(64),
  DORAN_SERVICE_SECRET: 'b'.repeat(64),
  PAYMENT_SANDBOX_SECRET: 'c'.repeat(64),
  AUTH_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
}
/** Connections that PostgreSQL reserves for superusers. */
const RESERVED_CONNECTIONS = 3
/** Connections for operators and commands, and for a process that starts while its predecessor ends. */
const SPARE_CONNECTIONS = 20
const raw = readCompose()
const containers = Object.entries(readCompose(secrets).services)
const ours = containers.filter(([, { image }]) => image.startsWith('doran:'))

/** Returns the names of the containers that break the rule. */
function breaking(rule: (service: ComposeService, name: string) => unknown, among = containers): string[] {
  return among.filter(([name, service]) => !rule(service, name)).map(([name]) => name)
}

describe('compose.yaml', () => {
  it('runs each service of Doran in exactly one kind of container', () => {
    const run = ours.flatMap(([, { environment }]) => environment?.DORAN_SERVICES?.split(',') ?? [])

    assert.deepEqual(run.toSorted(), services.map(({ contract }) => contract.name).toSorted())
  })

  it('lets all processes together open fewer connections than PostgreSQL allows', () => {
    const { command = [] } = readCompose(secrets).services.postgres as ComposeService
    const most = Number(/max_connections=(\d+)/.exec(command.join(' '))?.[1]) - RESERVED_CONNECTIONS
    const processes = ours.filter(([, { environment }]) => environment?.DORAN_SERVICES)
    const opened = processes.map(([, { environment, deploy }]) => {
      const { kernel } = readSettings(environment as Record<string, string>, services)
      return Number(deploy?.replicas ?? 1) * connectionsOf(kernel.DATABASE_POOL_SIZE, { fleet: true })
    })

    const sum = opened.reduce((total, connections) => total + connections, 0)
    assert.ok(sum + SPARE_CONNECTIONS <= most, `${sum} of ${most}`)
  })

  it('uses a database role that is not a superuser, and Redis with a password', () => {
    const script = readFileSync(new URL('../../infrastructure/postgres/roles.sh', import.meta.url), 'utf8')
    const { environment, volumes } = readCompose(secrets).services.postgres as ComposeService
    const urls = ours.flatMap(([, { environment }]) => environment?.DATABASE_URL ?? [])

    assert.equal('POSTGRES_USER' in (environment ?? {}), false)
    assert.ok(volumes?.includes('./infrastructure/postgres:/docker-entrypoint-initdb.d:ro'))
    assert.match(script, /^create role doran login password :'password';$/m)
    assert.deepEqual([...new Set(urls.map((url) => new URL(url).username))], ['doran'])
    assert.deepEqual(
      ours.filter(([, { environment }]) => environment?.REDIS_URL && !new URL(environment.REDIS_URL).password),
      [],
    )
  })

  it('runs two processes each for orders and payments', () => {
    const twice = containers.filter(([, { deploy }]) => deploy?.replicas === '2').map(([name]) => name)

    assert.deepEqual(twice, ['order', 'payment'])
  })

  it('gives each process valid settings', () => {
    for (const [, { environment = {} }] of ours) readSettings(environment, services)
  })

  it('gives each process the secrets that it requires', () => {
    for (const [, { environment = {} }] of ours) {
      const run = services.filter(({ contract }) => environment.DORAN_SERVICES?.split(',').includes(contract.name))
      assertOwnSecrets({ ...environment, NODE_ENV: 'production' }, run, { host: '0.0.0.0' })
    }
  })

  it('uses one image for Doran and pins the version of every other image', () => {
    assert.equal(new Set(ours.map(([, { image }]) => image)).size, 1)
    assert.deepEqual(
      breaking(({ image }) => /^[a-z/]+:\d[\w.-]*$/.test(image)),
      [],
    )
  })

  it('publishes only the port of the gateway, and only on this machine by default', () => {
    assert.deepEqual(
      breaking(({ ports }) => !ports),
      ['gateway'],
    )
    assert.deepEqual(readCompose(secrets).services.gateway?.ports, ['127.0.0.1:3000:8080'])
    assert.deepEqual(
      breaking(({ networks }) => networks?.join() === 'inside'),
      ['gateway'],
    )
    assert.deepEqual((raw.networks as Record<string, unknown>).inside, { internal: true })
  })

  it('confines every container', () => {
    assert.deepEqual(
      breaking(({ read_only }) => read_only === true),
      [],
    )
    assert.deepEqual(
      breaking(({ cap_drop }) => cap_drop?.join() === 'ALL'),
      [],
    )
    assert.deepEqual(
      breaking(({ security_opt }) => security_opt?.join() === 'no-new-privileges:true'),
      [],
    )
    assert.deepEqual(
      breaking(({ deploy }) => /^\d+[mg]$/.test(deploy?.resources?.limits?.memory ?? '')),
      [],
    )
    assert.deepEqual(
      breaking((service) => !('privileged' in service || 'cap_add' in service || 'network_mode' in service)),
      [],
    )
  })

  it('keeps only the data of the database and of the payment sandbox on disk', () => {
    assert.deepEqual(
      breaking(({ volumes }) => !volumes),
      ['payment-sandbox', 'postgres'],
    )
  })

  it('starts no process of Doran before the databases are migrated', () => {
    const waiting = ours.filter(([, { environment }]) => environment?.DORAN_SERVICES)

    assert.deepEqual(
      breaking(({ depends_on }) => depends_on?.migrate?.condition === 'service_completed_successfully', waiting),
      [],
    )
  })

  it('checks the health of every container that keeps running', () => {
    // The health check of Doran is in its image.
    const foreign = containers.filter((container) => !ours.includes(container))

    assert.deepEqual(
      breaking(({ healthcheck }) => Array.isArray(healthcheck?.test), foreign),
      [],
    )
    assert.deepEqual(
      breaking(({ healthcheck }) => !healthcheck?.disable, ours),
      ['migrate'],
    )
  })

  it('refuses to start without any one of the secrets, which .env.example lists without values', () => {
    for (const name of Object.keys(secrets)) {
      assert.throws(() => readCompose({ ...secrets, [name]: '' }), new RegExp(`${name} is not set: .*\\.env\\.example`))
      assert.match(example, new RegExp(`^${name}=$`, 'm'))
    }
  })

  it('reads only variables from .env that .env.example describes', () => {
    const read = new Set(JSON.stringify(raw).match(/(?<=\$\{)\w+/g))
    read.delete('DORAN_VERSION')

    assert.deepEqual(
      [...read].filter((name) => !new RegExp(`^#?${name}=`, 'm').test(example)),
      [],
    )
  })
})

describe('the reader of compose.yaml', () => {
  it("reads mappings, lists, anchors and merges, in which the mapping's own keys win", () => {
    const source = "a: &a\n  one: 1\n  two: ['x: y', z, --save, '']\nb:\n  <<: *a\n  one: 2 # \n  three: {}\n"

    assert.throws(() => readYaml(source), /line 6 .* needs quotes/)
    assert.deepEqual(readYaml(source.replace(' # ', '')).b, { one: '2', two: ['x: y', 'z', '--save', ''], three: {} })
  })

  it('refuses what it does not understand, and names the line', () => {
    assert.throws(() => readYaml('a: 1\na: 2\n'), /line 2 says a a second time/)
    assert.throws(() => readYaml('a:\n  - b\n'), /line 2 is not `key: value`/)
    assert.throws(() => readYaml('a: *b\n'), /line 1 uses \*b, which is not defined above/)
    assert.throws(() => readYaml('a:\n    b: 1\n  c: 1\n'), /line 3 is not indented/)
    assert.throws(() => readYaml('a:\nb: 1\n'), /line 1 has no value/)
  })

  it('fills in values and defaults, and reports missing values', () => {
    assert.equal(fillIn(`\${A}-\${B:-b}-\${C:?set C}`, { A: 'a', C: 'c' }), 'a-b-c')
    assert.throws(() => fillIn(`\${C:?set C}`, { C: '' }), /C is not set: set C/)
  })
})
