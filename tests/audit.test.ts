import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { services } from '../apps/server/services.ts'

/** Reads whose response contains only sums. */
const IMPERSONAL = ['payment.listDiscrepancies']

const fileOf = (service: string, operation: string) =>
  new URL(
    `../services/${service}/operations/${operation.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`,
    import.meta.url,
  )

describe('the audit log', () => {
  // The kernel writes an entry for every act. Only the operation knows its target and the target's earlier state.
  it('has the target and the change of every operation that needs a role', async () => {
    const silent: string[] = []
    let looked = 0
    for (const { contract } of services) {
      for (const [name, { access, method }] of Object.entries(contract.operations)) {
        if (typeof access === 'string' || method === 'GET') continue
        looked++
        const text = await readFile(fileOf(contract.name, name), 'utf8')
        if (!text.includes('audited(ctx, {')) silent.push(`${contract.name}.${name}`)
      }
    }

    assert.deepEqual(silent, [])
    assert.ok(looked > 10)
  })

  it('has every read that only administrators may do and that returns personal data', async () => {
    const silent: string[] = []
    for (const { contract } of services) {
      for (const [name, { access, method }] of Object.entries(contract.operations)) {
        const target = `${contract.name}.${name}`
        if (typeof access === 'string' || access.join() !== 'admin' || method !== 'GET') continue
        const text = await readFile(fileOf(contract.name, name), 'utf8')
        if (!text.includes('audited(ctx, {')) silent.push(target)
      }
    }

    assert.deepEqual(silent, IMPERSONAL)
  })

  it('never contains more of an input than the path parameters, none of which is a secret', () => {
    for (const { contract } of services) {
      for (const [name, { route }] of Object.entries(contract.operations)) {
        const parameters = [...String(route).matchAll(/:(\w+)/g)].map(([, parameter]) => parameter)
        assert.doesNotMatch(parameters.join(), /password|token|secret|key/i, `${contract.name}.${name}`)
      }
    }
  })
})
