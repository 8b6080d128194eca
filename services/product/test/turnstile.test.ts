import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Deadline } from '@doran/kernel/platform'
import { importsBusy } from '../errors.ts'
import { Turnstile } from '../import/turnstile.ts'

describe('imports at the same time', () => {
  it('are let through some at a time, in the order in which they came', async () => {
    const turnstile = new Turnstile(2)
    const begun: number[] = []
    const gates = [1, 2, 3, 4].map(() => Promise.withResolvers<void>())
    const all = gates.map(({ promise }, index) =>
      turnstile.pass(Deadline.in(60_000), () => {
        begun.push(index)
        return promise
      }),
    )

    await setImmediate()
    assert.deepEqual(begun, [0, 1])

    gates[1]?.resolve()
    await all[1]
    await setImmediate()
    assert.deepEqual(begun, [0, 1, 2])

    for (const { resolve } of gates) resolve()
    await Promise.all(all)
    assert.deepEqual(begun, [0, 1, 2, 3])
  })

  it('are refused when their time is over before it is their turn, and keep nobody out', async () => {
    const turnstile = new Turnstile(1)
    const gate = Promise.withResolvers<void>()
    const first = turnstile.pass(Deadline.in(60_000), () => gate.promise)

    const late = turnstile.pass(Deadline.in(5), async () => assert.fail('it was too late'))

    await assert.rejects(late, (error) => importsBusy.is(error))
    gate.resolve()
    await first
    assert.equal(await turnstile.pass(Deadline.in(60_000), async () => 'through'), 'through')
  })
})
