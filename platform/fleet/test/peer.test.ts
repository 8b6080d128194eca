import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Peer } from '../peers/peer.ts'

describe('an instance', () => {
  it('may be closed twice: by its callers, and by the registry when it leaves', async () => {
    const peer = new Peer('http://127.0.0.1:9', 'depot', undefined)
    await peer.close()

    await assert.doesNotReject(peer.close())
  })
})
