import assert from 'node:assert/strict'
import test from 'node:test'
import { toRequest } from '@doran/kernel/client'
import type { Contract } from '@doran/kernel/contract'
import { services } from '../../server/services.ts'
import { contracts } from '../build/contracts.ts'

/** The module that replaces the contract's import in the browser. */
async function inBrowser(name: string): Promise<{ code: string; contract: Contract }> {
  const { resolveId, load } = contracts() as unknown as {
    resolveId(id: string): string
    load(id: string): Promise<string>
  }
  const code = await load(resolveId(`@doran/${name}/contract`))
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`)
  return { code, contract: module[name] }
}

for (const { contract: whole } of services) {
  test(`the browser sends the same requests to ${whole.name} as a service would`, async () => {
    const { contract, code } = await inBrowser(whole.name)

    for (const [name, operation] of Object.entries(whole.operations)) {
      if (operation.access === 'internal') {
        assert.equal(contract.operations[name], undefined, `${name} is nobody's business`)
        continue
      }
      const input = sampleOf(operation)
      assert.deepEqual(toRequest(contract.operations[name] as never, input), toRequest(operation, input), name)
    }
    assert.ok(code.length < 6_000, `${code.length} bytes`)
  })
}

function sampleOf({ route, query, headers, body }: Contract['operations'][string]): Record<string, unknown> {
  const parameters = [...String(route).matchAll(/:(\w+)/g)].map(([, name]) => name)
  const names = [query, headers, body].flatMap((part) => Object.keys(part?.properties ?? {}))
  const sample = Object.fromEntries([...parameters, ...names].map((name) => [name, `the ${name}`]))
  return body && !body.properties ? { ...sample, body: 'as it is' } : sample
}
