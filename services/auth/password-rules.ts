/** Which passwords are refused: those that are guessed first. */
import { readFileSync } from 'node:fs'
import { passwordWeak } from './errors.ts'
import { composed } from './passwords.ts'

export interface PasswordRules {
  /** The field of the input that is named when the password is refused. */
  field: 'password' | 'newPassword'
  email: string
  /** What else everybody knows of its owner. */
  names: readonly string[]
  /** The present one, when it is known. */
  current?: string | undefined
  /** Passwords that many people have are accepted. */
  allowCommon?: boolean
}

/** Throws `password_weak` for a password that is blank, common, the owner's address or name, or the present one. */
export function assertPassword(password: string, { field, email, names, current, allowCommon }: PasswordRules): void {
  const refuse = (reason: string) => passwordWeak({}, { [field]: [reason] })
  const plain = plainly(password)
  if (!/\S/.test(plain)) throw refuse("can't be blank")
  if (current !== undefined && composed(current) === composed(password)) throw refuse('is the present one')
  const own = [email, email.slice(0, email.lastIndexOf('@')), ...names].map(plainly)
  if (own.includes(plain)) throw refuse('is your address or name')
  if (!allowCommon && commonPasswords().has(plain)) throw refuse('is one of the 10,000 most common')
}

function plainly(text: string): string {
  return composed(text).toLowerCase().trim()
}

let common: ReadonlySet<string> | undefined

/** Read when it is first needed: most processes never are. */
function commonPasswords(): ReadonlySet<string> {
  common ??= new Set(
    readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')),
  )
  return common
}
