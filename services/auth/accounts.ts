/** Accounts: an e-mail address, a password and roles, under the id of a user. */
import { brokenConstraint, newId, type Queryable, sql, type Transaction } from '@doran/kernel'
import type { AccountRole } from './contract.ts'
import { accountNotFound, emailTaken, userIdTaken } from './errors.ts'

export interface Account {
  userId: string
  email: string
  /** Null until the registration is finished. */
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

/**
 * Locks the account in share mode. Grants of tokens take this lock: it blocks changes of password, roles and status,
 * but not other grants.
 */
export function lockAccountShared(tx: Transaction, userId: string): Promise<Account> {
  return tx.one<Account>(sql`select ${columns} from auth.accounts where user_id = ${userId} for share`)
}

/** Locks the account for a change of password, roles or status, so that no tokens are granted meanwhile. */
export async function lockAccount(tx: Transaction, userId: string): Promise<Account> {
  const account = await tx.first<Account>(sql`
    select ${columns} from auth.accounts where user_id = ${userId} for update`)
  if (!account) throw accountNotFound()
  return account
}

/**
 * Claims an address for a registration. Returns the id of its user, or undefined if the address has an account already.
 * An unfinished claim is taken over with its user id, so that the user is not created twice. Throws `user_id_taken`.
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

/** Finishes a registration. Returns false if a concurrent one has finished first. */
export async function openAccount(
  tx: Transaction,
  account: Pick<Account, 'userId' | 'roles'> & { passwordHash: string },
): Promise<boolean> {
  const rows = await tx.run(sql`
    update auth.accounts set password_hash = ${account.passwordHash}, roles = ${[...account.roles].sort()}::text[]
    where user_id = ${account.userId} and password_hash is null`)
  return rows === 1
}

/** The account must be locked. Throws `email_taken`. */
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

/** The account must be locked. Returns the new version of its roles. */
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

/** Keeps the row, whose status records the withdrawal. */
export async function eraseAccount(tx: Transaction, userId: string): Promise<void> {
  await tx.run(sql`
    update auth.accounts set email = ${`${newId()}@withdrawn.invalid`}, password_hash = null, roles = '{}', status = 'withdrawn'
    where user_id = ${userId}`)
}

/** Returns false, and changes nothing, if the version is not newer than the stored one or the user has no account. */
export async function applyStatus(
  tx: Transaction,
  { userId, version, status }: { userId: string; version: number; status: Account['status'] },
): Promise<boolean> {
  const rows = await tx.run(sql`
    update auth.accounts set status = ${status}, status_version = ${version}
    where user_id = ${userId} and status_version < ${version}`)
  return rows === 1
}
