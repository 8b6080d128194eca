/**
 * Builds the web application into `dist`, or its community edition into `dist-community`.
 *
 *     node apps/web/build/build.ts [--community] [--if-changed]
 *
 * `VITE_API_URL` is the API's address when the pages are served from another origin; the pages' policy allows requests
 * to it. `BASE_PATH` is the path under which the pages are served, with a slash at both ends.
 */
import { createHash } from 'node:crypto'
import { glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { finishPages } from './pages.ts'

const WEB = join(import.meta.dirname, '..')
const ROOT = join(WEB, '../..')

/** All sources of the built pages. */
const SOURCES = [
  'apps/web/{src,public,build}/**/*.*',
  'apps/web/{index.html,vite.config.ts,package.json}',
  'services/*/contract{.ts,/**/*.ts}',
  'platform/kernel/contract/*.ts',
  'package-lock.json',
]

/** Only developers have the build tools; an installation for production has none of them. */
class NoViteError extends Error {}

export interface BuildOptions {
  readonly edition: 'marketplace' | 'community'
  /** Does nothing if a build would give the same result. */
  readonly ifChanged?: boolean
  /** Output folder; `dist` or `dist-community` by default. */
  readonly folder?: string
}

/** Builds an edition and returns its folder. */
export async function build({ edition, ifChanged = false, ...options }: BuildOptions): Promise<string> {
  const folder = options.folder ?? join(WEB, edition === 'community' ? 'dist-community' : 'dist')
  const apiUrl = (process.env.VITE_API_URL ?? '').replace(/\/$/, '')
  const stamp = await hashOfSources(`${apiUrl} ${process.env.BASE_PATH ?? ''}`)
  const stampFile = join(folder, '.built')
  if (ifChanged && (await readFile(stampFile, 'utf8').catch(() => '')) === stamp) return folder
  const vite = await import('vite').catch(() => {
    throw new NoViteError(
      'Vite is not here, so the web application cannot be built: install all with `npm ci --include=dev`.',
    )
  })
  const restoreEnvironment = rememberNodeEnv()
  await vite
    .build({
      configFile: join(WEB, 'vite.config.ts'),
      configLoader: 'native',
      mode: edition,
      logLevel: 'warn',
      build: { outDir: folder, emptyOutDir: true },
    })
    .finally(restoreEnvironment)
  await finishPages(folder, apiUrl)
  await writeFile(stampFile, stamp)
  return folder
}

/**
 * Remembers `NODE_ENV` and returns a function that restores it. Vite sets it to `production` for good, and a server
 * that this process starts later would require production secrets.
 */
function rememberNodeEnv(): () => void {
  const { NODE_ENV } = process.env
  return () => {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = NODE_ENV
  }
}

async function hashOfSources(settings: string): Promise<string> {
  const hash = createHash('sha256').update(settings)
  for (const name of await findSources()) hash.update(name).update(await readFile(join(ROOT, name)))
  return hash.digest('hex')
}

/** Lists the sources of the built pages, by their paths in the repository. */
export async function findSources(): Promise<string[]> {
  return (await Array.fromAsync(glob(SOURCES, { cwd: ROOT }))).sort()
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { community: { type: 'boolean' }, 'if-changed': { type: 'boolean' } } })
  const begun = performance.now()
  const edition = values.community ? 'community' : 'marketplace'
  const ifChanged = values['if-changed'] ?? false
  try {
    const folder = await build({ edition, ifChanged })
    console.log(`The web application is in ${folder} (${((performance.now() - begun) / 1000).toFixed(1)} s).`)
  } catch (error) {
    // A failed build must not stop `npm start`: the API works, and so do pages built before.
    if (!(error instanceof NoViteError)) throw error
    console.error(error.message)
    process.exitCode = ifChanged ? 0 : 1
  }
}
