/** Asking for the present password again before something that gives the account away. */
import type { Actor, Context } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { type Account, getAccount } from './accounts.ts'
import { type Attempt, beginAttempt, blameClient } from './attempts.ts'
import { record } from './audit.ts'
import { passwordWrong } from './errors.ts'
import { passwordFits } from './passwords.ts'

/** The names by which others know the user, so none of them is a good password. */
export async function namesOf({ client }: Pick<Context, 'client'>, userId: string): Promise<string[]> {
  const userIds = [userId]
  const [users, members] = await Promise.all([client(user).getUsers({ userIds }), client(user).getMembers({ userIds })])
  return [...users.map(({ name }) => name), ...members.map(({ username }) => username)]
}

/** The error `password_wrong`, with its message at the field that both operations have. */
export const wrongPassword = () => passwordWrong({}, { currentPassword: ['is not your current password'] })

/**
 * The actor's account, whose password this is; throws `password_wrong`. Compare its hash with that of the locked account
 * before you act: another change may be faster. Forgive the attempt then.
 */
export async function checkCurrentPassword(
  { db, actor }: Pick<Context<Actor>, 'db' | 'actor'>,
  currentPassword: string,
  address: string | undefined,
): Promise<Account & { attempt: Attempt }> {
  const { id: userId, session: sessionId } = actor
  const account = await getAccount(db, userId)
  // Counted by itself: who guesses at the sign-in does not keep its owner from changing the password.
  const attempt = { key: `change:${userId}`, address }
  await beginAttempt(db, attempt)
  if (await passwordFits(currentPassword, account.passwordHash)) return { ...account, attempt }
  await blameClient(db, address)
  await record(db, { kind: 'password_change_failed', userId, sessionId, address })
  throw wrongPassword()
}
