import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { assertUnharmed } from './assertions.ts'
import { duringAttack } from './bystander.ts'
import { type Sent, send } from './send.ts'
import { PASSWORD, startVictim, type Victim } from './victim.ts'

const ATTEMPTS = 120
const PER_SECOND = 20

/** Requests without an account that make Doran compute a password hash. */
const floods: [string, string, (number: number) => object][] = [
  ['registrations', '/api/auth/register', (n) => ({ email: `flood${n}@example.com`, password: PASSWORD, name: 'F' })],
  ['sign-ins', '/api/auth/sign-in', (n) => ({ email: `nobody${n}@example.com`, password: PASSWORD })],
  [
    'sign-ups of the community',
    '/api/users',
    (n) => ({ user: { email: `w${n}@example.com`, password: PASSWORD, username: `w${n}` } }),
  ],
]

describe('a flood of requests that hash a password', () => {
  let victim: Victim
  before(async () => {
    victim = await startVictim()
  })
  after(() => victim.close())

  for (const [what, path, body] of floods) {
    it(`as ${what} is answered or refused, and pages are as fast as before`, async () => {
      const report = await duringAttack(victim.url, async () => {
        const sending: Promise<Sent>[] = []
        for (let number = 0; number < ATTEMPTS; number++) {
          sending.push(send(victim.url + path, JSON.stringify(body(number))))
          await pause(1_000 / PER_SECOND)
        }
        return Promise.all(sending)
      })

      for (const { status, code } of report.outcome) assert.ok(status < 500 || status === 503, `${status} ${code}`)
      await assertUnharmed(victim, report)
    })
  }
})
