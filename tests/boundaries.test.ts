import assert from 'node:assert/strict'
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const sources = globSync('{platform,services,apps}/**/*.{ts,tsx}', { cwd: root }).filter(
  (file) => !file.includes('node_modules'),
)

async function importsOf(file: string, { types = true } = {}): Promise<string[]> {
  const text = await readFile(`${root}/${file}`, 'utf8')
  const statements = text.matchAll(
    types
      ? /^(?:import|export)\s[\w\s{},*$]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm
      : /^(?:import|export)\s(?!type\b)[\w\s{},*$]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm,
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
    const packages = [...new Set(sources.map((file) => file.split('/').slice(0, 2).join('/')))]
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
    for (const file of sources.filter((file) => file.startsWith('platform/kernel/'))) {
      for (const name of await importsOf(file)) {
        assert.doesNotMatch(name, /^@doran\/(?!kernel|embedded-postgres)|services\//, file)
      }
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
    const apart = [
      'platform/kernel/database/listener.ts',
      'platform/kernel/database/database.ts',
      'platform/kernel/testing/index.ts',
      'platform/fleet/peers/registry.ts',
    ]
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
})

describe('the platform', () => {
  it('is read in layers: a folder of the kernel imports only those before it', async () => {
    const layers = ['contract', 'database', 'service', 'tasks', 'durable', 'serving', '.']
    const layerOf = (file: string) => dirname(file.slice('platform/kernel/'.length))
    const own = sources.filter((file) => file.startsWith('platform/kernel/') && layers.includes(layerOf(file)))
    assert.deepEqual([...new Set(own.map(layerOf))].sort(), layers.toSorted())

    for (const file of own) {
      const allowed = [...layers.slice(0, layers.indexOf(layerOf(file)) + 1), 'telemetry', 'faults']
      for (const name of (await importsOf(file)).filter((name) => name.startsWith('.'))) {
        const layer = layerOf(join(dirname(file), name))
        assert.ok(allowed.includes(layer), `${file} imports ${name}, which is in a later layer`)
      }
    }
  })

  it('shows authors of services forty names at most', async () => {
    const text = (await readFile(`${root}/platform/kernel/index.ts`, 'utf8')).replaceAll(/\/\*.*?\*\//gs, '')
    const names = [...text.matchAll(/\{([^}]*)\}/g)].flatMap(([, list = '']) =>
      list.split(',').filter((name) => name.trim()),
    )

    assert.ok(names.length > 20 && names.length <= 40, `${names.length} names`)
  })

  it('lets contracts run in a browser', async () => {
    const found = new Set<string>()
    const follow = async (file: string) => {
      if (found.has(file)) return
      found.add(file)
      for (const name of await importsOf(file, { types: false })) {
        assert.ok(name.startsWith('.'), `${file} imports ${name}`)
        await follow(join(dirname(file), name))
      }
    }

    await follow('platform/kernel/contract/index.ts')

    assert.ok(found.has('platform/kernel/contract/contract.ts'))
  })

  it('has files that are read in one sitting, and folders that are read in an hour and say what is in them', async () => {
    const code = sources.filter((file) => /^platform\/(?!.*\/test\/)/.test(file))
    assert.ok(code.length > 20, `${code.length} files`)
    const linesOf = (file: string) => readFileSync(`${root}/${file}`, 'utf8').split('\n').length - 1

    for (const file of code) assert.ok(linesOf(file) <= 350, `${file} has ${linesOf(file)} lines`)
    for (const [folder, files] of Map.groupBy(code, dirname)) {
      const lines = files.reduce((sum, file) => sum + linesOf(file), 0)
      assert.ok(lines <= 1_300, `${folder} has ${lines} lines; split it where a reader would look elsewhere`)
      assert.ok(existsSync(`${root}/${folder}/README.md`), `${folder} has no README.md`)
    }
  })
})

describe('a contract', () => {
  it('of more than 250 lines is read in parts', () => {
    for (const file of globSync('services/*/contract.ts', { cwd: root })) {
      const lines = readFileSync(`${root}/${file}`, 'utf8').split('\n').length - 1
      assert.ok(lines <= 250, `${file} has ${lines} lines; put schemas, operations and events into contract/`)
    }
  })
})

describe('files', () => {
  it('never import each other in a circle, not even for a type', async () => {
    const files = globSync('{platform,services,apps,tests,benchmarks}/**/*.{ts,tsx}', { cwd: root }).filter(
      (file) => !file.includes('node_modules'),
    )
    const exports = packageFiles()
    const imports = new Map<string, string[]>()
    for (const file of files) {
      const found = (await importsOf(file)).map((name) =>
        name.startsWith('.') ? join(dirname(file), name) : exports.get(name),
      )
      imports.set(
        file,
        found.filter((target) => target !== undefined),
      )
    }

    assert.deepEqual(circleIn(imports), undefined)
    assert.deepEqual(
      circleIn(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['a']],
        ]),
      ),
      ['a', 'b', 'c', 'a'],
    )
  })
})

/** The files that packages of the repository export, by the names under which they are imported. */
function packageFiles(): Map<string, string> {
  return new Map(
    globSync('{platform,services,apps}/*/package.json', { cwd: root }).flatMap((file) => {
      const { name, exports = {} } = JSON.parse(readFileSync(`${root}/${file}`, 'utf8')) as {
        name: string
        exports?: Record<string, string>
      }
      return Object.entries(exports).map(([path, target]): [string, string] => [
        join(name, path),
        join(dirname(file), target),
      ])
    }),
  )
}

/** The first circle that is found, from a file back to itself. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string): string[] | undefined => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file]
    if (done.has(file)) return undefined
    path.push(file)
    for (const target of imports.get(file) ?? []) {
      const circle = visit(target)
      if (circle) return circle
    }
    path.pop()
    done.add(file)
    return undefined
  }
  for (const file of imports.keys()) {
    const circle = visit(file)
    if (circle) return circle
  }
  return undefined
}
