import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Deadline } from '@doran/kernel/platform'
import { importsBusy } from '../errors.ts'
import { Semaphore } from '../import/semaphore.ts'

describe('concurrent imports', () => {
  it('run a few at a time, in the order of their arrival', async () => {
    const semaphore = new Semaphore(2)
    const begun: number[] = []
    const gates = [1, 2, 3, 4].map(() => Promise.withResolvers<void>())
    const all = gates.map(({ promise }, index) =>
      semaphore.run(Deadline.in(60_000), () => {
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

  it('are refused when their deadline passes before their turn, and block no others', async () => {
    const semaphore = new Semaphore(1)
    const gate = Promise.withResolvers<void>()
    const first = semaphore.run(Deadline.in(60_000), () => gate.promise)

    const late = semaphore.run(Deadline.in(5), async () => assert.fail('it was too late'))

    await assert.rejects(late, (error) => importsBusy.is(error))
    gate.resolve()
    await first
    assert.equal(await semaphore.run(Deadline.in(60_000), async () => 'through'), 'through')
  })
})
