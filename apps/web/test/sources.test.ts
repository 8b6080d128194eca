import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { relative } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { findSources } from '../build/build.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** Runs in a new process and prints what it loads, because this process may have loaded some of it before. */
const LOAD_CONTRACTS = `
  import { registerHooks } from 'node:module'
  const loaded = []
  registerHooks({
    load(url, context, next) {
      loaded.push(url)
      return next(url, context)
    },
  })
  const { loadContracts, serviceNames } = await import('./apps/server/loaders.ts')
  await loadContracts(serviceNames)
  console.log(JSON.stringify(loaded))
`

test('a change to any file of a contract rebuilds the web application', async () => {
  const printed = execFileSync(process.execPath, ['--input-type=module', '--eval', LOAD_CONTRACTS], { cwd: ROOT })
  const loaded = (JSON.parse(printed.toString()) as string[])
    .filter((url) => url.includes('/services/'))
    .map((url) => relative(ROOT, fileURLToPath(url)))

  const sources = await findSources()

  assert.ok(loaded.includes('services/user/contract.ts'))
  assert.deepEqual(
    loaded.filter((file) => !sources.includes(file)),
    [],
  )
})
