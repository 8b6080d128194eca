/**
 * Runs tests. All files of a package, or of a folder of `tests/`, share a process, which loads the modules once.
 *
 *     npm test                                 everything that needs nothing but Node.js
 *     npm test -w @doran/order                 one package
 *     npm run test:changed -- --base main      packages that differ from main, and packages that depend on them
 */
import { execFileSync, spawn } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { globalSetup, globalTeardown } from './global-setup.ts'
import type { Totals } from './totals.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
/** Folders of `tests/` that need nothing from Debian; `tests` are the files beside them. */
const FOLDERS = ['tests', 'tests/container', 'tests/journeys', 'tests/proofs']
const MOST_PROCESSES = 4
/** A process that takes longer hangs. */
const LONGEST_MS = 20 * 60_000

interface Package {
  readonly name: string
  readonly folder: string
  /** Names of packages that it uses, in tests or otherwise. */
  readonly uses: readonly string[]
}

interface Group {
  readonly folder: string
  readonly files: readonly string[]
}

interface Outcome extends Totals {
  readonly folder: string
  readonly seconds: number
  /** What kept it from its end, if anything did. */
  readonly trouble?: string
}

const { values, positionals } = parseArgs({
  options: { changed: { type: 'boolean' }, base: { type: 'string', default: 'HEAD' } },
  allowPositionals: true,
})
const begun = performance.now()
const groups = groupsOf(chosenFolders())
if (groups.length === 0) console.log('There is nothing to test.')
else await runAll(groups)

function chosenFolders(): string[] {
  if (values.changed) return changedFolders(values.base)
  if (positionals.length === 0) return [...packages().map(({ folder }) => folder), ...FOLDERS]
  return positionals.map((path) => relative(ROOT, resolve(path)) || 'tests')
}

function groupsOf(folders: readonly string[]): Group[] {
  return folders
    .map((folder) => ({
      folder,
      files: globSync(folder.startsWith('tests') ? `${folder}/*.test.ts` : `${folder}/**/*.test.ts`, {
        cwd: ROOT,
        exclude: ['**/node_modules'],
      }),
    }))
    .filter(({ files }) => files.length > 0)
    .sort((a, b) => b.files.length - a.files.length)
}

function packages(): Package[] {
  return globSync('{platform,services,apps}/*/package.json', { cwd: ROOT }).map((file) => {
    const { name, dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, file), 'utf8'))
    return {
      name,
      folder: file.replace('/package.json', ''),
      uses: Object.keys({ ...dependencies, ...devDependencies }),
    }
  })
}

/** Folders with files that differ from the base, and the packages that depend on them. */
function changedFolders(base: string): string[] {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\n')
  const files = [...git('diff', '--name-only', base), ...git('ls-files', '--others', '--exclude-standard')]
  const all = packages()
  const changed = new Set(all.filter(({ folder }) => files.some((file) => file.startsWith(`${folder}/`))))
  for (const used of changed) for (const user of all) if (user.uses.includes(used.name)) changed.add(user)
  const tests = FOLDERS.filter((folder) => changed.size > 0 || files.some((file) => file.startsWith(`${folder}/`)))
  return [...[...changed].map(({ folder }) => folder), ...tests]
}

async function runAll(groups: Group[]): Promise<void> {
  await globalSetup()
  const results = await mkdtemp(join(tmpdir(), 'doran-tests-'))
  const outcomes: Outcome[] = []
  const left = [...groups]
  const work = async () => {
    for (let group = left.shift(); group; group = left.shift()) outcomes.push(await run(group, results))
  }
  try {
    await Promise.all(Array.from({ length: Math.min(availableParallelism(), MOST_PROCESSES) }, work))
  } finally {
    await rm(results, { recursive: true })
    await globalTeardown()
  }
  report(outcomes)
}

/** Its output comes in one piece, when it has ended. */
async function run({ folder, files }: Group, results: string): Promise<Outcome> {
  const since = performance.now()
  const totals = join(results, `${folder.replaceAll('/', '-')}.json`)
  const child = spawn(
    process.execPath,
    [
      ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
      ...[`--test-reporter=${join(ROOT, 'tests/totals.ts')}`, `--test-reporter-destination=${totals}`],
      ...[join(ROOT, 'tests/together.ts'), ...files],
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A run may be a test of another one.
      env: { ...process.env, NODE_TEST_CONTEXT: undefined, FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
    },
  )
  const leave = () => child.kill('SIGKILL')
  process.once('exit', leave)
  let hangs = false
  const limit = setTimeout(() => {
    hangs = true
    leave()
  }, LONGEST_MS)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text))
  const code = await new Promise<number | null>((ended) => child.once('close', ended))
  clearTimeout(limit)
  process.off('exit', leave)
  console.log(`\n=== ${folder}\n${said}`)
  const found = await readFile(totals, 'utf8').then(
    (text) => JSON.parse(text || '{}') as Partial<Totals>,
    () => ({}),
  )
  const { passed = 0, failed = [] }: Partial<Totals> = found
  const ended = hangs ? `it took longer than ${LONGEST_MS / 60_000} minutes` : `it ended with ${code}`
  const trouble = (code !== 0 && failed.length === 0) || hangs ? ended : undefined
  return { folder, seconds: (performance.now() - since) / 1_000, passed, failed, ...(trouble && { trouble }) }
}

function report(outcomes: readonly Outcome[]): void {
  console.log('')
  for (const { folder, seconds, passed, failed } of outcomes.toSorted((a, b) => b.seconds - a.seconds)) {
    console.log(
      `${folder.padEnd(28)} ${String(passed).padStart(5)} passed ${String(failed.length).padStart(4)} failed ${seconds.toFixed(1).padStart(7)} s`,
    )
  }
  const troubles = outcomes.filter(({ trouble }) => trouble)
  const failed = outcomes.flatMap(({ failed }) => failed)
  for (const { name, file } of failed)
    console.log(`failed: ${name}\n        npm run test:file -- ${relative(ROOT, file)}`)
  for (const { folder, trouble } of troubles)
    console.log(`failed: ${folder}: ${trouble}; the end of its output says where`)
  const passed = outcomes.reduce((sum, { passed }) => sum + passed, 0)
  const seconds = Math.round((performance.now() - begun) / 1_000)
  console.log(`\n${passed} passed, ${failed.length} failed, ${Math.floor(seconds / 60)} min ${seconds % 60} s`)
  if (failed.length > 0 || troubles.length > 0 || passed === 0) process.exitCode = 1
}
