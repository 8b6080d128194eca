import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { auth } from '@doran/auth/contract'
import { type Marketplace, openMarketplace } from '../journeys/marketplace.ts'
import type { Processes } from '../journeys/processes.ts'
import { duringAttack, type Report } from './bystander.ts'
import { flood, send } from './send.ts'
import { MEMORY_LIMIT_MB, NO_RATES, PASSWORD, peakMemoryOf } from './victim.ts'

const blanks = Buffer.alloc(20_000_000, ' ')
const bombs: [string, Uint8Array<ArrayBuffer>][] = [
  ['gzip', new Uint8Array(gzipSync(blanks))],
  ['br', new Uint8Array(brotliCompressSync(blanks))],
  ['deflate', new Uint8Array(deflateSync(blanks))],
]

const RECEIVE_TIMEOUT_MS = 1_000
/**
 * File uploads get ten times the timeout. A client that was answered before it sent everything gets one more timeout.
 */
const LONGEST_MS = 15 * RECEIVE_TIMEOUT_MS

describe('a fleet', () => {
  let market: Marketplace
  let fleet: Processes
  let url: string
  let seller: string
  before(async () => {
    market = await openMarketplace(
      { ...NO_RATES, RECEIVE_TIMEOUT_MS: String(RECEIVE_TIMEOUT_MS) },
      { separate: true, instances: {} },
    )
    fleet = market.platform as Processes
    url = fleet.url
    const account = { email: 'seller@example.com', password: PASSWORD, name: 'Seller' }
    await fleet.client(auth).ensureAccount({ ...account, roles: ['seller'] })
    seller = (await fleet.api(auth).signIn(account)).accessToken
  })
  after(() => market.close())

  /**
   * Asserts that no other visitor was refused, that no process used too much memory, and that the auth service still
   * answers.
   */
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

  it('refuses bodies whose declared length is too large, and serves others meanwhile', async () => {
    const large = JSON.stringify({ refreshToken: 'x'.repeat(3_000_000) })

    const report = await duringAttack(url, () =>
      Promise.all(Array.from({ length: 30 }, () => send(`${url}/api/auth/refresh`, large))),
    )

    for (const { status } of report.outcome) assert.ok(status < 500, `answered ${status}`)
    await assertUnharmed(report)
  })

  for (const [what, chunk, everyMs] of [
    ['fast', 'x'.repeat(16_384), 1],
    ['slow', 'x', 100],
  ] as const) {
    it(`cuts off ${what} bodies that never end, and serves others meanwhile`, async () => {
      const { token } = await market.signUp()
      const endpoints = [
        { path: '/api/auth/refresh', type: 'application/json' },
        { path: '/api/articles', type: 'application/json', token },
        { path: '/api/products/import', type: 'text/csv', token: seller },
        { path: '/api/products/import', type: 'text/csv', token },
      ]

      const report = await duringAttack(url, () =>
        Promise.all(
          Array.from({ length: 40 }, (_, index) => {
            const { path, ...about } = endpoints[index % endpoints.length] as (typeof endpoints)[number]
            return flood(url, path, { ...about, chunk, everyMs })
          }),
        ),
      )

      for (const [index, { answer, milliseconds }] of report.outcome.entries()) {
        const { path } = endpoints[index % endpoints.length] as (typeof endpoints)[number]
        assert.ok(milliseconds < LONGEST_MS, `${path} was cut off after ${milliseconds} ms, answered ${answer}`)
        assert.doesNotMatch(answer, /^HTTP\/1.1 [25]/, path)
      }
      await assertUnharmed(report)
    })
  }
})
