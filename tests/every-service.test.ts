/** Compares each list of services outside the code with the list in the code. */
import assert from 'node:assert/strict'
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { serviceNames } from '../apps/server/loaders.ts'
import { readCompose } from './container/compose.ts'

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
const sorted = (names: Iterable<string>) => [...names].sort()
const all = sorted(serviceNames)

describe('every service', () => {
  it('has a folder, and every folder in services is a service', () => {
    assert.deepEqual(sorted(readdirSync(new URL('../services', import.meta.url))), all)
  })

  it('is a dependency of the server', () => {
    const { dependencies } = JSON.parse(read('apps/server/package.json')) as { dependencies: object }

    for (const name of all) assert.ok(`@doran/${name}` in dependencies, name)
  })

  it("has a container, which Prometheus scrapes under the service's name", () => {
    const containers = Object.entries(readCompose().services).flatMap(([container, { environment }]) =>
      environment?.DORAN_SERVICES
        ? [[environment.DORAN_SERVICES, `${container}:${environment.METRICS_PORT ?? 8080}`]]
        : [],
    )
    const targets = [
      ...read('infrastructure/monitoring/targets.yml').matchAll(/targets: \['(.+)'\]\n\s+labels: \{ job: (\S+) \}/g),
    ].map(([, address, job]) => [job, address])

    assert.deepEqual(sorted(containers.map(([name]) => name as string)), all)
    assert.deepEqual(targets.map(String).sort(), containers.map(String).sort())
  })

  it('has a README with its name', () => {
    for (const name of all) assert.match(read(`services/${name}/README.md`), new RegExp(`^# (@doran/)?${name}\n`, 'i'))
  })
})

describe('every package', () => {
  it('can be tested by itself', () => {
    for (const file of globSync('{platform,services,apps}/*/package.json', { cwd: new URL('..', import.meta.url) })) {
      const { scripts } = JSON.parse(read(file)) as { scripts?: { test?: string } }
      assert.equal(scripts?.test, 'node ../../tests/run.ts .', file)
    }
  })

  it('has its types checked', () => {
    const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] }
    const { include } = JSON.parse(read('tsconfig.json')) as { include: string[] }

    assert.deepEqual(
      workspaces.map((workspace) => workspace.replace('/*', '')).filter((folder) => !include.includes(folder)),
      [],
    )
  })
})
