/**
 * `npm run new -- service <name>`: writes the smallest service and enters it wherever services are listed. Everything else
 * about a service is found in its folder.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { serviceNames } from '../../apps/server/loaders.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const TEMPLATE = fileURLToPath(new URL('./template/', import.meta.url))
/** A service has a schema of its name, so reserved words of SQL are refused, which would need quotes everywhere. */
const RESERVED =
  'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current default deferrable desc distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp not null offset on only or order placing primary references returning select some symmetric table then to trailing true union unique user using variadic when where window with'.split(
    ' ',
  )

const [kind, name = '', ...rest] = process.argv.slice(2)
const refusal = refusalOf()
if (refusal) {
  console.error(refusal)
  process.exit(1)
}
writeFolder()
enterInto('apps/server/loaders.ts', (text) => text.replace("  'gateway',\n", `  '${name}',\n  'gateway',\n`))
enterInto('apps/server/package.json', withDependency)
enterInto('compose.yaml', withContainer)
enterInto(
  'infrastructure/monitoring/targets.yml',
  (text) => `${text}- targets: ['${name}:8080']\n  labels: { job: ${name} }\n`,
)
for (const command of [
  ['install', '--no-audit', '--no-fund'],
  ['run', 'docs'],
  ['run', 'accept:api'],
  ['run', 'format'],
]) {
  const { status, stderr } = spawnSync('npm', command, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`npm ${command.join(' ')} failed:\n${stderr}`)
}
const files = globSync(`services/${name}/**/*.*`, { cwd: ROOT, exclude: ['**/node_modules'] })
console.log(`services/${name} has ${count(files)}, ${count(files.filter((file) => file.includes('/test/')))} of them tests.
Entered into apps/server/loaders.ts, apps/server/package.json, compose.yaml and infrastructure/monitoring/targets.yml.

    npm test -w @doran/${name}
    npm start
    curl -s http://127.0.0.1:3000/api/${name}s`)

function refusalOf(): string | undefined {
  if (kind !== 'service' || rest.length > 0) return 'Say what to make: npm run new -- service <name>'
  if (!/^[a-z]{3,30}$/.test(name))
    return `A service is named by 3 to 30 small letters, not "${name}": it names a schema, a package and routes.`
  if (serviceNames.includes(name) || existsSync(join(ROOT, 'services', name)))
    return `There is a service ${name} already.`
  if (RESERVED.includes(name)) return `"${name}" is a reserved word of SQL; choose another name.`
  return undefined
}

function writeFolder(): void {
  const capital = name.charAt(0).toUpperCase() + name.slice(1)
  const renamed = (text: string) => text.replaceAll('sample', name).replaceAll('Sample', capital)
  for (const file of globSync('**/*.*', { cwd: TEMPLATE })) {
    const target = join(ROOT, 'services', name, renamed(file))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, renamed(readFileSync(join(TEMPLATE, file), 'utf8')))
  }
}

function enterInto(path: string, change: (text: string) => string): void {
  const file = join(ROOT, path)
  const before = readFileSync(file, 'utf8')
  const after = change(before)
  if (after === before) throw new Error(`${path} has no place for ${name} where one was expected`)
  writeFileSync(file, after)
}

function withDependency(text: string): string {
  const manifest = JSON.parse(text) as { dependencies: Record<string, string> }
  const dependencies = Object.entries({ ...manifest.dependencies, [`@doran/${name}`]: '*' }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  )
  return `${JSON.stringify({ ...manifest, dependencies: Object.fromEntries(dependencies) }, null, 2)}\n`
}

/** Adds a container before that of the payment sandbox, with the connection pool of services that need few statements. */
function withContainer(text: string): string {
  const container = `  ${name}:\n    <<: *doran\n    environment:\n      <<: *few\n      DORAN_SERVICES: ${name}\n\n`
  return text.replace(/^(?: {2}#.*\n)* {2}payment-sandbox:$/m, (before) => container + before)
}

function count(paths: readonly string[]): string {
  const lines = paths.reduce((sum, path) => sum + readFileSync(join(ROOT, path), 'utf8').split('\n').length - 1, 0)
  return `${paths.length} files with ${lines} lines`
}
