import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { type Marketplace, openMarketplace } from '../journeys/marketplace.ts'
import type { Processes } from '../journeys/processes.ts'
import { duringAttack, type Report } from './bystander.ts'
import { send } from './send.ts'
import { MEMORY_LIMIT_MB, NO_RATES, peakMemoryOf } from './victim.ts'

const blanks = Buffer.alloc(20_000_000, ' ')
const bombs: [string, Uint8Array<ArrayBuffer>][] = [
  ['gzip', new Uint8Array(gzipSync(blanks))],
  ['br', new Uint8Array(brotliCompressSync(blanks))],
  ['deflate', new Uint8Array(deflateSync(blanks))],
]

describe('a fleet', () => {
  let market: Marketplace
  let fleet: Processes
  let url: string
  before(async () => {
    market = await openMarketplace(NO_RATES, { separate: true, instances: {} })
    fleet = market.platform as Processes
    url = fleet.url
  })
  after(() => market.close())

  /** Nobody else was told that a service is away, no process needed too much memory, and all are there. */
  async function assertUnharmed({ others }: Report<unknown>): Promise<void> {
    assert.deepEqual(others.failures, {})
    for (const [name, child] of fleet.children) {
      const memory = await peakMemoryOf(child)
      assert.ok(memory < MEMORY_LIMIT_MB, `${name} reached ${memory.toFixed(0)} MB`)
    }
    const afterwards = await send(`${url}/api/auth/refresh`, '{"refreshToken":"none"}')
    assert.ok(afterwards.status < 500, `auth answers ${afterwards.status} afterwards`)
  }

  for (const [encoding, bomb] of bombs) {
    it(`refuses bodies compressed with ${encoding}, and serves others meanwhile`, async () => {
      const report = await duringAttack(url, () =>
        Promise.all(
          Array.from({ length: 60 }, () =>
            send(`${url}/api/auth/refresh`, bomb, { headers: { 'content-encoding': encoding } }),
          ),
        ),
      )

      for (const { status } of report.outcome) assert.ok(status < 500, `answered ${status}`)
      await assertUnharmed(report)
    })
  }

  it('refuses bodies that say how much too large they are, and serves others meanwhile', async () => {
    const large = JSON.stringify({ refreshToken: 'x'.repeat(3_000_000) })

    const report = await duringAttack(url, () =>
      Promise.all(Array.from({ length: 30 }, () => send(`${url}/api/auth/refresh`, large))),
    )

    for (const { status } of report.outcome) assert.ok(status < 500, `answered ${status}`)
    await assertUnharmed(report)
  })
})
