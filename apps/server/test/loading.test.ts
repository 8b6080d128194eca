import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { assertSchema, createTestDatabase } from '@doran/kernel/testing'
import { loadContracts, serviceNames } from '../loaders.ts'
import { services } from '../services.ts'

const program = fileURLToPath(new URL('./host-alone.ts', import.meta.url))
let database: Awaited<ReturnType<typeof createTestDatabase>>

before(async () => {
  database = await createTestDatabase(services)
})
after(() => database.drop())

/** Returns the URLs of all files that a process with these services loads. */
async function filesOf(...names: string[]): Promise<string[]> {
  const { PATH } = process.env
  const env = {
    PATH,
    DATABASE_URL: database.url,
    DORAN_SERVICE_SECRET: 'a secret of thirty-two characters',
    DRAIN_MS: '0',
    LOG_LEVEL: 'silent',
  }
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...names], { env, maxBuffer: 2 ** 24 })
  return JSON.parse(stdout)
}

/** Returns the names of the services of which more is loaded than the contract. */
function servicesIn(files: string[]): string[] {
  const found = files.flatMap((file) => /\/services\/([\w-]+)\/(?!contract(?:\.ts$|\/))/.exec(file)?.[1] ?? [])
  return [...new Set(found)]
}

function contractsIn(files: string[]): string[] {
  return files.flatMap((file) => /\/services\/([\w-]+)\/contract\.ts$/.exec(file)?.[1] ?? [])
}

describe('a process', () => {
  it('loads the code of its own services, and at most the contracts of others', async () => {
    const files = await filesOf('order')

    assert.deepEqual(servicesIn(files), ['order'])
    assert.ok(!contractsIn(files).includes('article'), 'the contract of article, which order never calls')
  })

  it('loads, as the gateway, the contracts of all services and the code of no other', async () => {
    const files = await filesOf('gateway')

    assert.deepEqual(servicesIn(files), ['gateway'])
    assert.deepEqual(contractsIn(files).toSorted(), serviceNames.toSorted())
  })

  it('loads nothing that only some processes need', async () => {
    const files = await filesOf('product')

    for (const needless of [
      '/apps/server/seed/',
      '/apps/server/doctor/',
      '/node_modules/@fastify/compress/',
      '/node_modules/@fastify/ajv-compiler/',
      '/node_modules/@opentelemetry/sdk-trace/',
      '/node_modules/ioredis/',
      '/node_modules/typebox/',
    ]) {
      assert.deepEqual(
        files.filter((file) => file.includes(needless)),
        [],
        needless,
      )
    }
  })
})

describe('a loader', () => {
  it('returns the service with its name, and the contract that the service has', async () => {
    assert.deepEqual(
      services.map(({ contract }) => contract.name),
      serviceNames,
    )
    assert.deepEqual(
      await loadContracts(serviceNames),
      services.map(({ contract }) => contract),
    )
  })
})

describe('the schemas', () => {
  it('are valid JSON Schema for all operations and settings', () => {
    for (const { contract, config } of services) {
      if (config) assertSchema(config, `${contract.name}: the settings`)
      for (const [name, { path, query, headers, body, reply }] of Object.entries(contract.operations)) {
        for (const schema of [path, query, headers, body, reply]) {
          if (schema) assertSchema(schema, `${contract.name}.${name}`)
        }
      }
    }
  })

  it('are refused if they are invalid', () => {
    assert.throws(
      () => assertSchema({ type: 'strin' } as never, 'a mistake'),
      /^TypeError: a mistake is no JSON Schema/,
    )
  })
})
