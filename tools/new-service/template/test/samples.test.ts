import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId } from '@doran/kernel'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { sample, sampleAdded } from '../contract.ts'
import service from '../index.ts'

describe('a sample', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await startPlatform({ services: [service] })
  })
  after(() => platform.close())

  const add = async (title: string) => platform.api(sample, await platform.user(['admin'])).addSample({ title })

  it('is listed before older ones, and told of', async () => {
    const [older, newer] = [await add('first'), await add('second')]

    const first = await platform.api(sample).listSamples({ limit: 1 })
    const second = await platform.api(sample).listSamples({ limit: 1, cursor: first.next as string })

    assert.deepEqual([...first.items, ...second.items], [newer, older])
    assert.deepEqual(await platform.api(sample).getSample({ sampleId: newer.id }), newer)
    assert.deepEqual(await platform.events(sampleAdded), [older, newer])
  })

  it('is added by administrators only', async () => {
    const member = await platform.user()

    await assert.rejects(platform.api(sample, member).addSample({ title: 'third' }), { code: 'forbidden' })
  })

  it('that is not there is refused', async () => {
    await assert.rejects(platform.api(sample).getSample({ sampleId: newId() }), { code: 'sample_not_found' })
  })

  it('needs a title', async () => {
    await assert.rejects(add(' '), { code: 'validation_failed' })
  })
})
