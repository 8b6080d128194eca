import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { auth } from '@doran/auth/contract'
import { PASSWORD, startVictim, type Victim } from './victim.ts'

const CLIENT = '198.51.100.7'
const INNER_PROXY = '203.0.113.9'

/** Returns the client address that a sign-in with this header is recorded with. */
async function addressSeen(victim: Victim, forwardedFor: string): Promise<string | null> {
  const member = await victim.member()
  const signedIn = await fetch(`${victim.url}/api/auth/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': forwardedFor },
    body: JSON.stringify({ email: member.email, password: PASSWORD }),
  })
  const { accessToken } = (await signedIn.json()) as { accessToken: string }
  const { items } = await victim.api(auth, { ...member, token: accessToken }).listSessions({})
  return items.find(({ current }) => current)?.address ?? null
}

describe('the address of a client', () => {
  for (const [proxies, header, expected] of [
    ['0', '6.6.6.6', '127.0.0.1'],
    ['1', `6.6.6.6, ${CLIENT}`, CLIENT],
    ['2', `6.6.6.6, ${CLIENT}, ${INNER_PROXY}`, CLIENT],
  ] as const) {
    it(`behind ${proxies} proxies is the one that the outermost proxy saw, whatever the client claims`, async () => {
      const victim = await startVictim({ TRUST_PROXY: proxies })
      try {
        assert.equal(await addressSeen(victim, header), expected)
      } finally {
        await victim.close()
      }
    })
  }

  it('behind a proxy has one rate limit, however often the client claims another address', async () => {
    const victim = await startVictim({ TRUST_PROXY: '1', RATE_LIMIT_PER_IP: '20' })
    try {
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          fetch(`${victim.url}/api/tags`, { headers: { 'x-forwarded-for': `6.6.6.${index}, ${CLIENT}` } }),
        ),
      )

      const count = (status: number) => answers.filter((answer) => answer.status === status).length
      assert.deepEqual([count(200), count(429)], [20, 40])
    } finally {
      await victim.close()
    }
  })
})
