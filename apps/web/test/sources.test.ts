import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { relative } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { findSources } from '../build/build.ts'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

test('the web application is built anew when any file of a contract has changed', async () => {
  const loaded: string[] = []
  registerHooks({
    load(url, context, next) {
      if (url.includes('/services/')) loaded.push(relative(ROOT, fileURLToPath(url)))
      return next(url, context)
    },
  })
  const { loadContracts, serviceNames } = await import('../../server/loaders.ts')
  await loadContracts(serviceNames)

  const sources = await findSources()

  assert.ok(loaded.includes('services/user/contract.ts'))
  assert.deepEqual(
    loaded.filter((file) => !sources.includes(file)),
    [],
  )
})
