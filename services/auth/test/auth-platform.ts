/** A test platform of the services auth and user, which verifies tokens with the keys of auth itself. */
import assert from 'node:assert/strict'
import { sql } from '@doran/kernel'
import { startPlatform, type TestOptions, type TestPlatform, type TestResponse } from '@doran/kernel/testing'
import userService from '@doran/user'
import { type AccountRole, auth, type Tokens } from '../contract.ts'
import authService from '../index.ts'

export const PASSWORD = 'correct horse battery staple'

export interface Member extends Tokens {
  email: string
  /** The access token, which `request` sends. */
  token: string
}

export interface AuthPlatform extends TestPlatform {
  /** Registers a new member. */
  member(): Promise<Member>
  /** Creates a member with these roles and signs them in. */
  memberWith(roles: AccountRole[]): Promise<Member>
  signIn(email: string, password?: string): Promise<TestResponse>
  refresh(refreshToken: string): Promise<TestResponse>
  /** The HTTP status of a request with this access token. */
  statusOf(accessToken: string): Promise<number>
  /** Waits until the token is refused and returns the milliseconds that it took; throws after one second. */
  waitUntilRefused(accessToken: string): Promise<number>
}

export async function startAuth(options: Omit<TestOptions, 'services'> = {}): Promise<AuthPlatform> {
  const platform = await startPlatform({
    services: [authService, userService],
    identity: (client) => ({
      keys: () => client(auth).getKeys(),
      revocations: (since) => client(auth).getRevocations({ since }),
    }),
    ...options,
  })
  let count = 0
  const nextEmail = () => `member-${++count}@example.com`
  const signIn = (email: string, password = PASSWORD) =>
    platform.request('POST', '/api/auth/sign-in', { body: { email, password } })
  const statusOf = async (accessToken: string) => {
    const headers = { authorization: `Bearer ${accessToken}` }
    return (await platform.request('GET', '/api/auth/sessions', { headers })).status
  }

  return {
    ...platform,
    signIn,
    statusOf,
    async member() {
      const email = nextEmail()
      const body = { email, password: PASSWORD, name: '김도란' }
      const answer = await platform.request('POST', '/api/auth/register', { body })
      assert.equal(answer.status, 201)
      return { ...answer.body, email, token: answer.body.accessToken }
    },
    async memberWith(roles) {
      const email = nextEmail()
      await platform.client(auth).ensureAccount({ email, password: PASSWORD, name: '이도란', roles })
      const { body } = await signIn(email)
      return { ...body, email, token: body.accessToken }
    },
    refresh: (refreshToken) => platform.request('POST', '/api/auth/refresh', { body: { refreshToken } }),
    async waitUntilRefused(accessToken) {
      const start = performance.now()
      while (performance.now() - start < 1_000) {
        if ((await statusOf(accessToken)) === 401) return performance.now() - start
      }
      throw new Error('the token is still accepted after a second')
    },
  }
}

/** Moves all timestamps of a kind in the schema `auth` into the past. */
export async function age(
  platform: TestPlatform,
  what: 'rotation' | 'attempts' | 'keys',
  seconds: number,
): Promise<void> {
  const by = sql`make_interval(secs => ${seconds})`
  const updates = {
    rotation: sql`update auth.refresh_tokens set rotated_at = rotated_at - ${by}`,
    attempts: sql`update auth.attempts set last_at = last_at - ${by}, blocked_until = blocked_until - ${by}`,
    keys: sql`update auth.keys set usable_from = usable_from - ${by}`,
  }
  await platform.database('auth').run(updates[what])
}
