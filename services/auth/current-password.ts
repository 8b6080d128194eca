/** Checks the current password before a change that could hand the account to somebody else. */
import type { Actor, Context } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { type Account, getAccount } from './accounts.ts'
import { type Attempt, beginAttempt, countClientFailure } from './attempts.ts'
import { record } from './audit.ts'
import { passwordWrong } from './errors.ts'
import { passwordMatches } from './passwords.ts'

/** The user's public names, none of which is a safe password. */
export async function namesOf({ client }: Pick<Context, 'client'>, userId: string): Promise<string[]> {
  const userIds = [userId]
  const [users, members] = await Promise.all([client(user).getUsers({ userIds }), client(user).getMembers({ userIds })])
  return [...users.map(({ name }) => name), ...members.map(({ username }) => username)]
}

/** The error `password_wrong`, with its message at the field `currentPassword`. */
export const wrongPassword = () => passwordWrong({}, { currentPassword: ['is not your current password'] })

/**
 * Returns the actor's account if this is its password; throws `password_wrong` and `too_many_attempts`. Before you act,
 * lock the account and compare its hash with the returned one, since another change may come between. Then clear the
 * attempt's failures.
 */
export async function checkCurrentPassword(
  { db, actor }: Pick<Context<Actor>, 'db' | 'actor'>,
  currentPassword: string,
  address: string | undefined,
): Promise<Account & { attempt: Attempt }> {
  const { id: userId, session: sessionId } = actor
  const account = await getAccount(db, userId)
  // A counter of its own, so that strangers who guess at the sign-in cannot keep the owner from changing the password.
  const attempt = { key: `change:${userId}`, address }
  await beginAttempt(db, attempt)
  if (await passwordMatches(currentPassword, account.passwordHash)) return { ...account, attempt }
  await countClientFailure(db, address)
  await record(db, { kind: 'password_change_failed', userId, sessionId, address })
  throw wrongPassword()
}
