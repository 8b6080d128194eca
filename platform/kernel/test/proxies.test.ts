import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'
import { noteService, printerService } from './note-service.ts'

const FORGED = '6.6.6.6'
const CLIENT = '203.0.113.7'
const OUTER_PROXY = '198.51.100.1'

describe('the address of a client', () => {
  const platforms: TestPlatform[] = []
  after(() => Promise.all(platforms.map((platform) => platform.close())))

  /** The client address that the service sees behind `proxies` trusted proxies. */
  const seenAddress = async (proxies: number, forwardedFor?: string) => {
    const platform = await startPlatform({
      services: [noteService, printerService],
      environment: { TRUST_PROXY: String(proxies) },
    })
    platforms.push(platform)
    const { body } = await platform.request('POST', '/api/notes/a/signatures', {
      body: { signature: { name: 'Kim' } },
      headers: { ...(forwardedFor && { 'x-forwarded-for': forwardedFor }), 'x-client-address': FORGED },
    })
    return body.from
  }

  it('is that of the connection when there is no proxy', async () => {
    assert.equal(await seenAddress(0), '127.0.0.1')
    assert.equal(await seenAddress(0, `${FORGED}, ${CLIENT}`), '127.0.0.1')
  })

  it('is what the one proxy wrote, whatever the client wrote before it', async () => {
    assert.equal(await seenAddress(1, CLIENT), CLIENT)
    assert.equal(await seenAddress(1, `${FORGED}, ${CLIENT}`), CLIENT)
    assert.equal(await seenAddress(1, `${FORGED}, ${FORGED}, ${CLIENT}`), CLIENT)
  })

  it('is what the outer one of two proxies wrote, whatever the client wrote before it', async () => {
    assert.equal(await seenAddress(2, `${CLIENT}, ${OUTER_PROXY}`), CLIENT)
    assert.equal(await seenAddress(2, `${FORGED}, ${CLIENT}, ${OUTER_PROXY}`), CLIENT)
  })

  it('is that of the connection when the proxies wrote nothing', async () => {
    assert.equal(await seenAddress(2), '127.0.0.1')
  })
})
