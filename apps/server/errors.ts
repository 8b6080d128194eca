/** A mistake of the person at the keyboard: told in plain words, without a stack. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

const TURNED_AWAY = /^(57P03|28\w{3}|3D000|53300)$/

/** What keeps Doran from its database, for whoever set it up; undefined when it is something else. */
export function databaseTrouble(error: NodeJS.ErrnoException): string | undefined {
  const { code = '', syscall = '', message } = error
  const isAway = ['connect', 'getaddrinfo'].includes(syscall) || message === 'timeout expired'
  if (!isAway && !TURNED_AWAY.test(code)) return undefined
  return (
    `The database cannot be used: ${message || code}. See that PostgreSQL runs and that DATABASE_URL, or a service's own ` +
    'such as ORDER_DATABASE_URL, is right; `doran doctor` tells more.'
  )
}
