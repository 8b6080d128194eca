/** Accounts: an e-mail address, a password and roles, under the id of a user. */
import { brokenConstraint, newId, type Queryable, sql, type Transaction } from '@doran/kernel'
import type { AccountRole } from './contract.ts'
import { accountNotFound, emailTaken, userIdTaken } from './errors.ts'

export interface Account {
  userId: string
  email: string
  /** Null while the registration has not been finished. */
  passwordHash: string | null
  roles: AccountRole[]
  status: 'active' | 'suspended' | 'withdrawn'
}

const columns = sql`user_id as "userId", email, password_hash as "passwordHash", roles, status`

export function findAccountByEmail(db: Queryable, email: string): Promise<Account | undefined> {
  return db.first<Account>(sql`select ${columns} from auth.accounts where lower(email) = lower(${email})`)
}

export async function getAccount(db: Queryable, userId: string): Promise<Account> {
  const account = await db.first<Account>(sql`select ${columns} from auth.accounts where user_id = ${userId}`)
  if (!account) throw accountNotFound()
  return account
}

/** Locked against changes of password, roles and status while tokens are granted; several grants may share it. */
export function shareAccount(tx: Transaction, userId: string): Promise<Account> {
  return tx.one<Account>(sql`select ${columns} from auth.accounts where user_id = ${userId} for share`)
}

/** Locked for a change of password, roles or status: no tokens are granted meanwhile. */
export async function lockAccount(tx: Transaction, userId: string): Promise<Account> {
  const account = await tx.first<Account>(sql`
    select ${columns} from auth.accounts where user_id = ${userId} for update`)
  if (!account) throw accountNotFound()
  return account
}

/**
 * Claims an address for a registration and answers the id of its user; undefined when it has an account. A claim
 * that was never finished is taken over with its id, so the user is not entered twice.
 */
export async function claimEmail(db: Queryable, email: string, userId: string): Promise<string | undefined> {
  try {
    const claim = await db.first<{ userId: string }>(sql`
      insert into auth.accounts as a (user_id, email) values (${userId}, ${email})
      on conflict (lower(email)) do update set email = excluded.email
      where a.password_hash is null and a.status = 'active'
      returning user_id as "userId"`)
    return claim?.userId
  } catch (error) {
    throw brokenConstraint(error) === 'accounts_pkey' ? userIdTaken() : error
  }
}

/** Finishes a registration; false when another one was faster. */
export async function openAccount(
  tx: Transaction,
  account: Pick<Account, 'userId' | 'roles'> & { passwordHash: string },
): Promise<boolean> {
  const rows = await tx.run(sql`
    update auth.accounts set password_hash = ${account.passwordHash}, roles = ${[...account.roles].sort()}::text[]
    where user_id = ${account.userId} and password_hash is null`)
  return rows === 1
}

/** The account must be locked. */
export async function updateEmail(tx: Transaction, userId: string, email: string): Promise<void> {
  try {
    await tx.run(sql`update auth.accounts set email = ${email} where user_id = ${userId}`)
  } catch (error) {
    throw brokenConstraint(error) === 'accounts_email' ? emailTaken() : error
  }
}

/** The account must be locked. */
export async function updatePassword(tx: Transaction, userId: string, passwordHash: string): Promise<void> {
  await tx.run(sql`update auth.accounts set password_hash = ${passwordHash} where user_id = ${userId}`)
}

/** The account must be locked. Answers the version of its roles. */
export async function updateRoles(tx: Transaction, userId: string, roles: readonly AccountRole[]): Promise<number> {
  const { version } = await tx.one<{ version: number }>(sql`
    update auth.accounts set roles = ${roles}::text[], role_version = role_version + 1 where user_id = ${userId}
    returning role_version as version`)
  return version
}

export async function listAdministrators(db: Queryable): Promise<string[]> {
  const rows = await db.all<{ userId: string }>(sql`
    select user_id as "userId" from auth.accounts where 'admin' = any(roles) order by user_id`)
  return rows.map(({ userId }) => userId)
}

/** The row stays: it says that the user has withdrawn. */
export async function eraseAccount(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`
    update auth.accounts set email = ${`${newId()}@withdrawn.invalid`}, password_hash = null, roles = '{}', status = 'withdrawn'
    where user_id = ${userId}`)
}

/** Whether it was news: false for an older version than is known, and for users without an account. */
export async function takeInStatus(
  tx: Transaction,
  { userId, version, status }: { userId: string; version: number; status: Account['status'] },
): Promise<boolean> {
  const rows = await tx.run(sql`
    update auth.accounts set status = ${status}, status_version = ${version}
    where user_id = ${userId} and status_version < ${version}`)
  return rows === 1
}
