/** Refuses passwords that attackers guess first. */
import { readFileSync } from 'node:fs'
import { passwordWeak } from './errors.ts'
import { normalised } from './passwords.ts'

export interface PasswordRules {
  /** The input field that the error names. */
  field: 'password' | 'newPassword'
  email: string
  /** The owner's public names. */
  names: readonly string[]
  /** The current password, if it is known. */
  current?: string | undefined
  /** Accepts passwords from the list of common ones. */
  allowCommon?: boolean
}

/** Throws `password_weak` for a password that is blank, common, the owner's address or name, or the current one. */
export function assertPassword(password: string, { field, email, names, current, allowCommon }: PasswordRules): void {
  const refuse = (reason: string) => passwordWeak({}, { [field]: [reason] })
  const plain = folded(password)
  if (!/\S/.test(plain)) throw refuse("can't be blank")
  if (current !== undefined && normalised(current) === normalised(password)) throw refuse('is the present one')
  const own = [email, email.slice(0, email.lastIndexOf('@')), ...names].map(folded)
  if (own.includes(plain)) throw refuse('is your address or name')
  if (!allowCommon && commonPasswords().has(plain)) throw refuse('is one of the 10,000 most common')
}

function folded(text: string): string {
  return normalised(text).toLowerCase().trim()
}

let common: ReadonlySet<string> | undefined

/** Reads the list on first use, because most processes never need it. */
function commonPasswords(): ReadonlySet<string> {
  common ??= new Set(
    readFileSync(new URL('./common-passwords.txt', import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#')),
  )
  return common
}
