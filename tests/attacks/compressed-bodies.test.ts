import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { type Marketplace, openMarketplace } from '../journeys/marketplace.ts'
import type { Processes } from '../journeys/processes.ts'
import { duringAttack } from './bystander.ts'
import { send } from './send.ts'

const blanks = Buffer.alloc(20_000_000, ' ')
const bombs: [string, Uint8Array<ArrayBuffer>][] = [
  ['gzip', new Uint8Array(gzipSync(blanks))],
  ['br', new Uint8Array(brotliCompressSync(blanks))],
  ['deflate', new Uint8Array(deflateSync(blanks))],
]

describe('a compressed body, in a fleet', () => {
  let market: Marketplace
  let url: string
  before(async () => {
    market = await openMarketplace({}, { separate: true, instances: {} })
    url = (market.platform as Processes).url
  })
  after(() => market.close())

  for (const [encoding, bomb] of bombs) {
    it(`in ${encoding} is refused, and nobody else is told that a service is away`, async () => {
      const report = await duringAttack(url, () =>
        Promise.all(
          Array.from({ length: 60 }, () =>
            send(`${url}/api/auth/refresh`, bomb, { headers: { 'content-encoding': encoding } }),
          ),
        ),
      )

      for (const { status } of report.outcome) assert.ok(status < 500, `answered ${status}`)
      assert.deepEqual(report.others.failures, {})
      const afterwards = await send(`${url}/api/auth/refresh`, '{"refreshToken":"none"}')
      assert.ok(afterwards.status < 500, `auth answers ${afterwards.status} afterwards`)
    })
  }

  it('that is too large as it stands is refused, and nobody else is told that a service is away', async () => {
    const large = JSON.stringify({ refreshToken: 'x'.repeat(3_000_000) })

    const report = await duringAttack(url, () =>
      Promise.all(Array.from({ length: 30 }, () => send(`${url}/api/auth/refresh`, large))),
    )

    for (const { status } of report.outcome) assert.ok(status < 500, `answered ${status}`)
    assert.deepEqual(report.others.failures, {})
  })
})
