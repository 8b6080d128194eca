/** A mistake of the person at the keyboard. It is shown in plain words, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

const REFUSAL_CODES = /^(57P03|28\w{3}|3D000|53300)$/

/** Returns what keeps Doran from its database, in words for the operator; undefined for any other error. */
export function databaseTrouble(error: NodeJS.ErrnoException): string | undefined {
  const { code = '', syscall = '', message } = error
  const isUnreachable = ['connect', 'getaddrinfo'].includes(syscall) || message === 'timeout expired'
  if (!isUnreachable && !REFUSAL_CODES.test(code)) return undefined
  return (
    `The database cannot be used: ${message || code}. See that PostgreSQL runs and that DATABASE_URL, or a service's own ` +
    'such as ORDER_DATABASE_URL, is right; `doran doctor` tells more.'
  )
}
