/** Auth and user together, with auth itself as the identity source. */
import assert from 'node:assert/strict'
import { sql } from '@doran/kernel'
import { startPlatform, type TestOptions, type TestPlatform, type TestResponse } from '@doran/kernel/testing'
import userService from '@doran/user'
import { type AccountRole, auth, type Tokens } from '../contract.ts'
import authService from '../index.ts'

export const PASSWORD = 'correct horse battery staple'

export interface Member extends Tokens {
  email: string
  /** As whom requests are made. */
  token: string
}

export interface AuthPlatform extends TestPlatform {
  /** Somebody who has just registered. */
  member(): Promise<Member>
  /** Somebody who has these roles and has signed in with them. */
  memberWith(roles: AccountRole[]): Promise<Member>
  signIn(email: string, password?: string): Promise<TestResponse>
  refresh(refreshToken: string): Promise<TestResponse>
  /** Status of a request with this access token. */
  statusOf(accessToken: string): Promise<number>
  /** Waits until the token is refused and answers after how many milliseconds; throws after one second. */
  refused(accessToken: string): Promise<number>
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
    async refused(accessToken) {
      const start = performance.now()
      while (performance.now() - start < 1_000) {
        if ((await statusOf(accessToken)) === 401) return performance.now() - start
      }
      throw new Error('the token still counts after a second')
    },
  }
}

/** Makes everything of a kind that happened in the schema auth look older by so many seconds. */
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
