import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Turns } from '../turns.ts'

describe('pieces of long work', () => {
  it('are done one after the other, with turns of everybody else in between', async () => {
    const turns = new Turns()
    const done: string[] = []
    const last = Promise.withResolvers<void>()

    for (const piece of ['first', 'second', 'third']) {
      turns.take(() => {
        done.push(piece)
        if (piece === 'third') last.resolve()
      })
    }
    while (done.at(-1) !== 'first') await setImmediate()
    done.push('somebody else')
    await last.promise

    assert.deepEqual(done, ['first', 'somebody else', 'second', 'third'])
  })
})
