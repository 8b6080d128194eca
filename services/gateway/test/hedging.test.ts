import assert from 'node:assert/strict'
import { after, afterEach, before, describe, it } from 'node:test'
import { keepSilent, replyWith } from '../../../platform/fleet/test/members.ts'
import { type Front, openFront } from './front.ts'

/** Longer than the test's timeout, so that a test that waits for this hedge fails. */
const LATE_HEDGE_MS = 60_000

let front: Front
before(async () => {
  front = await openFront({ GATEWAY_HEDGES: `hedged.look=30,alone.look=30,absent.look=${LATE_HEDGE_MS}` })
})
afterEach(() => front.clear())
after(() => front.close())

describe('a hedged read', { timeout: 20_000 }, () => {
  const look = (name = 'hedged') => front.ask(`/${name}/things/a`)

  it('is answered by a second instance when the first is slow', async () => {
    const slow = await front.impostor('hedged', keepSilent)
    await front.impostor('hedged', replyWith({ from: 'fast' }))
    await look()

    const times: number[] = []
    while (slow.arrivals.length < 3) {
      const { body, took } = await look()
      assert.deepEqual(body, { from: 'fast' })
      times.push(took)
    }
    assert.ok(Math.min(...times) < 200, `${times} ms`)
  })

  it('goes only once to a single instance', async () => {
    const only = await front.impostor('alone', (request, response) => {
      setTimeout(() => replyWith({ from: 'only' })(request, response), 100)
    })

    assert.deepEqual((await look('alone')).body, { from: 'only' })
    assert.equal(only.arrivals.length, 1)
  })

  it('is refused without waiting for the hedge when the service is unavailable', async () => {
    const refused = [await look('absent'), await look('absent'), await look('absent')]

    assert.deepEqual(
      refused.map(({ status }) => status),
      [503, 503, 503],
    )
  })
})
