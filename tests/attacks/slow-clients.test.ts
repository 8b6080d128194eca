import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { assertUnharmed } from './assertions.ts'
import { duringAttack } from './bystander.ts'
import { drip, headOf } from './send.ts'
import { startVictim, type Victim } from './victim.ts'

const CLIENTS = 120
/** Node.js looks for requests that take too long every thirty seconds. */
const LONGEST_MS = 75_000

describe('clients that never finish their request', () => {
  let victim: Victim
  before(async () => {
    victim = await startVictim()
  })
  after(() => victim.close())

  it('are cut off by Doran and by the payment sandbox, and keep nobody from being served', async () => {
    const endpoints = [
      { url: victim.url, unfinished: headOf('/api/auth/sign-in', 'application/json') },
      { url: victim.sandboxUrl, unfinished: headOf('/pay/unknown', 'application/x-www-form-urlencoded') },
    ]
    const kinds = endpoints.flatMap(({ url, unfinished }) =>
      ['', unfinished, `${unfinished}\r\n`].map((begin) => ({ url, begin })),
    )

    const report = await duringAttack(victim.url, () =>
      Promise.all(
        Array.from({ length: CLIENTS }, (_, index) => {
          const { url, begin } = kinds[index % kinds.length] as (typeof kinds)[number]
          return drip(url, begin)
        }),
      ),
    )

    const longest = Math.max(...report.outcome)
    assert.ok(longest < LONGEST_MS, `cut off after ${longest} ms only`)
    await assertUnharmed(victim, report)
    assert.equal((await fetch(`${victim.sandboxUrl}/health/live`)).status, 200)
  })
})
