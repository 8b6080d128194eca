import { type Context, type Handler, newId } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { type Account, claimEmail, findAccountByEmail, lockAccount, openAccount } from '../accounts.ts'
import { record } from '../audit.ts'
import type { auth } from '../contract.ts'
import { accountNotFound, accountOfAnother } from '../errors.ts'
import { hashPassword, passwordMatches } from '../passwords.ts'
import { changeRoles, reportAdministrator } from '../roles.ts'

type Wanted = Parameters<Handler<typeof auth, 'ensureAccount'>>[0]

export const ensureAccount: Handler<typeof auth, 'ensureAccount'> = async (wanted, ctx) => {
  const ensured = await ensure(wanted, ctx)
  if (ensured.roles.includes('admin')) await reportAdministrator(ctx, ensured.userId)
  return { userId: ensured.userId, status: ensured.status }
}

async function ensure(wanted: Wanted, ctx: Context): Promise<Pick<Account, 'userId' | 'status' | 'roles'>> {
  const known = await findAccountByEmail(ctx.db, wanted.email)
  if (!known?.passwordHash) await create(wanted, ctx)
  const account = await findAccountByEmail(ctx.db, wanted.email)
  if (!account) throw accountNotFound()
  const { userId, roles, passwordHash } = account
  const missing = wanted.roles.filter((role) => !roles.includes(role))
  if (missing.length === 0) return account

  // Addresses are not verified, so a stranger may have registered this one before the person that the caller means.
  if (!(await passwordMatches(wanted.password, passwordHash))) throw accountOfAnother({ email: wanted.email })
  return ctx.db.transaction(async (tx) => {
    const locked = await lockAccount(tx, userId)
    if (locked.passwordHash !== passwordHash) throw accountOfAnother({ email: wanted.email })
    return { ...locked, roles: await changeRoles(tx, ctx, locked, [...new Set([...locked.roles, ...missing])]) }
  })
}

/** Does nothing if a concurrent call creates the account first. */
async function create({ email, password, name, roles, userId: wantedId }: Wanted, ctx: Context): Promise<void> {
  const passwordHash = await hashPassword(password)
  const userId = await claimEmail(ctx.db, email, wantedId ?? newId())
  if (!userId) return
  await ctx.client(user).createUser({ userId, email, name })
  await ctx.db.transaction(async (tx) => {
    if (await openAccount(tx, { userId, passwordHash, roles }))
      await record(tx, { kind: 'registered', userId, details: { roles } })
  })
}
