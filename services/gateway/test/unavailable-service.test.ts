import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { after, afterEach, before, describe, it } from 'node:test'
import { newId } from '@doran/kernel'
import { hangUp, replyWith, until } from '../../../platform/fleet/test/members.ts'
import { type Front, openFront } from './front.ts'

let front: Front
before(async () => {
  front = await openFront()
})
afterEach(() => front.clear())
after(() => front.close())

describe('an unavailable service', { timeout: 20_000 }, () => {
  it('is reported at once with Retry-After, while others respond', async () => {
    const dead = await front.impostor('dead', hangUp)
    dead.slam()

    for (const path of ['/absent/things', '/dead/things']) {
      const times: number[] = []
      for (let time = 0; time < 5; time++) {
        const refused = await front.ask(path, { method: 'POST' })
        assert.deepEqual([refused.status, refused.body.code], [503, 'service_unavailable'])
        assert.equal(refused.headers.get('retry-after'), '1')
        times.push(refused.took)
        assert.equal((await front.ask('/shelf/a')).status, 200)
      }
      // Only the fastest counts: on a busy machine the others measure its load.
      assert.ok(Math.min(...times) < 100, `${path} took ${times} ms`)
    }
  })

  it('yields outcome_unknown if it may have done the work before it hung up', async () => {
    const dying = await front.impostor('cut', hangUp)

    const once = await front.ask('/cut/things', { method: 'POST' })
    assert.deepEqual([once.status, once.body.code, dying.arrivals.length], [504, 'outcome_unknown', 1])
    const keyed = await front.ask('/cut/things', { method: 'POST', headers: { 'idempotency-key': newId() } })
    assert.equal(keyed.body.code, 'outcome_unknown')
    assert.ok(dying.arrivals.length > 2)
    await until(() =>
      front.door.fleet.targets
        .of('cut')
        .peers()
        .every(({ ejected }) => !ejected),
    )
    assert.equal((await front.ask('/cut/things/a')).body.code, 'service_unavailable')
  })

  it('is replaced by another instance if it breaks off a short response, and breaks off a long one to the client', async () => {
    const half: RequestListener = (request, response) => {
      response.writeHead(200, {
        'content-type': 'application/json',
        ...(request.url?.includes('things') && { 'content-length': 100 }),
      })
      response.write('{"from":', () => response.destroy())
    }
    const dying = await front.impostor('cut', half)
    await assert.rejects(front.ask('/cut/bulk'))
    await front.impostor('cut', replyWith({ from: 'sound' }))

    const before = dying.arrivals.length
    await until(async () => {
      assert.deepEqual((await front.ask('/cut/things/a')).body, { from: 'sound' })
      return dying.arrivals.length > before
    })
  })
})
