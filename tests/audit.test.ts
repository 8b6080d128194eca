import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { services } from '../apps/server/services.ts'

/** Reads that speak of sums only. */
const IMPERSONAL = ['payment.listDiscrepancies']

const fileOf = (service: string, operation: string) =>
  new URL(
    `../services/${service}/operations/${operation.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`,
    import.meta.url,
  )

describe('the audit log', () => {
  // The kernel enters every act; only the operation knows what it was done to and how that was before.
  it('is told by every operation of a role what the operation changes', async () => {
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

  it('is told by every read of administrators alone whose answer speaks of people', async () => {
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

  it('never takes more of an input by itself than the path, in which no secret travels', () => {
    for (const { contract } of services) {
      for (const [name, { route }] of Object.entries(contract.operations)) {
        const parameters = [...String(route).matchAll(/:(\w+)/g)].map(([, parameter]) => parameter)
        assert.doesNotMatch(parameters.join(), /password|token|secret|key/i, `${contract.name}.${name}`)
      }
    }
  })
})
