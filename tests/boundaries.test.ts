import assert from 'node:assert/strict'
import { globSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const sources = globSync('{embedded-postgres,cache,driver,faults,telemetry,kernel,fleet,services,apps}/**/*.{ts,tsx}', {
  cwd: root,
}).filter((file) => !file.includes('node_modules'))

async function importsOf(file: string): Promise<string[]> {
  const text = await readFile(`${root}/${file}`, 'utf8')
  const statements = text.matchAll(
    /^(?:import|export)\s[\w\s{},*$]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
  )
  return [...statements].map(([, from, bare, later]) => (from ?? bare ?? later) as string)
}

describe('the boundaries', () => {
  it('package exports refuse the insides of a service', async () => {
    for (const inside of ['@doran/order/orders.ts', '@doran/order/orders', '@doran/kernel/database/database.ts']) {
      await assert.rejects(import(inside), { code: 'ERR_PACKAGE_PATH_NOT_EXPORTED' })
    }
    assert.equal((await import('@doran/order/contract')).order.name, 'order')
  })

  it('a service uses another one only through its contract, and no path leads out of its folder', async () => {
    for (const file of sources.filter((file) => file.startsWith('services/') && !file.includes('/test/'))) {
      const own = file.split('/')[1]
      for (const name of await importsOf(file)) {
        const target = /^@doran\/([\w-]+)(\/.*)?$/.exec(name)
        const allowed =
          !target ||
          target[1] === 'kernel' ||
          target[1] === 'faults' ||
          target[1] === own ||
          target[2] === '/contract' ||
          (own === 'gateway' && target[1] === 'fleet')
        assert.ok(allowed, `${file} imports ${name}`)
        if (name.startsWith('.')) {
          const depth = file.split('/').length - 3
          assert.ok((name.match(/\.\.\//g) ?? []).length <= depth, `${file} imports ${name}`)
        }
      }
    }
  })

  it('a package declares every package that it imports, so that its dependencies can be read', async () => {
    const packages = [...new Set(sources.map((file) => /^(?:services|apps)\/[^/]+|^[^/]+/.exec(file)?.[0] as string))]
    for (const folder of packages) {
      const about = JSON.parse(await readFile(`${root}/${folder}/package.json`, 'utf8'))
      const declared = [about.name, ...Object.keys({ ...about.dependencies, ...about.devDependencies })]
      for (const file of sources.filter((file) => file.startsWith(`${folder}/`) && !file.includes('/test/'))) {
        const imported = (await importsOf(file)).flatMap(
          (name) => /^(@[\w-]+\/)?[a-z][\w.-]*(?=\/|$)/.exec(name)?.[0] ?? [],
        )
        assert.deepEqual(
          imported.filter((name) => !declared.includes(name)),
          [],
          `${file} imports what ${folder}/package.json does not declare`,
        )
      }
    }
  })

  it('the kernel knows no service', async () => {
    for (const file of sources.filter((file) => file.startsWith('kernel/'))) {
      for (const name of await importsOf(file))
        assert.doesNotMatch(
          name,
          /^@doran\/(?!kernel|embedded-postgres|cache|driver|faults|telemetry)|services\//,
          file,
        )
    }
  })

  it('no query reads the schema of another service', async () => {
    const services = readdirSync(`${root}services`)
    for (const file of globSync('services/*/**/*.{ts,sql}', { cwd: root }).filter((file) => !file.includes('/test/'))) {
      const own = file.split('/')[1] as string
      const text = await readFile(`${root}/${file}`, 'utf8')
      for (const other of services.filter((name) => name !== own)) {
        assert.doesNotMatch(
          text,
          new RegExp(`\\b(?:from|join|into|update|references|table)\\s+"?${other}"?\\.\\w`, 'i'),
          file,
        )
      }
    }
  })

  it('no statement of a transaction notifies: only connections that do nothing else do', async () => {
    const apart = ['kernel/database/listener.ts', 'kernel/database/database.ts', 'fleet/registry.ts']
    for (const file of sources.filter((file) => !file.includes('/test/') && !apart.includes(file))) {
      assert.doesNotMatch(await readFile(`${root}/${file}`, 'utf8'), /\bpg_notify\b|`notify /i, file)
    }
  })

  it('the image is given every package', async () => {
    const { workspaces } = JSON.parse(await readFile(`${root}/package.json`, 'utf8')) as { workspaces: string[] }
    const given = (await readFile(`${root}/.dockerignore`, 'utf8')).split('\n')

    for (const workspace of workspaces) {
      const folder = workspace.replace('/*', '')
      assert.ok(given.includes(`!${folder}`), `.dockerignore keeps ${folder} out of the image`)
    }
  })

  it('each file of the kernel is short enough to read in one sitting: at most 350 lines', async () => {
    const kernel = sources.filter((file) => /^kernel\/(?!test)/.test(file))
    assert.ok(kernel.length > 20, `${kernel.length} files`)

    for (const file of kernel) {
      const lines = (await readFile(`${root}/${file}`, 'utf8')).split('\n').length - 1
      assert.ok(lines <= 350, `${file} has ${lines} lines; split it where a reader would look elsewhere`)
    }
  })
})
