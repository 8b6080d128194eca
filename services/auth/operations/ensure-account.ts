import { type Context, type Handler, newId } from '@doran/kernel'
import { user } from '@doran/user/contract'
import { claimEmail, findAccountByEmail, lockAccount, openAccount } from '../accounts.ts'
import { record } from '../audit.ts'
import type { auth } from '../contract.ts'
import { accountNotFound } from '../errors.ts'
import { hashPassword } from '../passwords.ts'
import { changeRoles } from '../roles.ts'

type Wanted = Parameters<Handler<typeof auth, 'ensureAccount'>>[0]

export const ensureAccount: Handler<typeof auth, 'ensureAccount'> = async (wanted, ctx) => {
  const known = await findAccountByEmail(ctx.db, wanted.email)
  if (!known?.passwordHash) await create(wanted, ctx)
  const userId = (await findAccountByEmail(ctx.db, wanted.email))?.userId
  if (!userId) throw accountNotFound()
  return ctx.db.transaction(async (tx) => {
    const account = await lockAccount(tx, userId)
    await changeRoles(tx, ctx, account, [...new Set([...account.roles, ...wanted.roles])])
    return { userId }
  })
}

/** Does nothing when someone else is faster. */
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
