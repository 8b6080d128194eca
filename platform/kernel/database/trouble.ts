/** Errors of PostgreSQL and of the connection to it, translated to kernel errors where a caller can react to them. */
import pg from 'pg'
import { kernelErrors } from '../contract/errors.ts'

/** Message of `pg` when a connection has not answered in time. */
const READ_TIMEOUT_MESSAGE = 'Query read timeout'

/**
 * Error codes of the network and of PostgreSQL: out of connections, memory or disk (53), I/O error (58030), shutting
 * down or starting up (57P0), transaction ended because it was idle (25P03).
 */
const UNAVAILABLE_CODES =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|53\w{3}|58030|57P0[123]|25P03)$/
/** Messages of `pg`, which have no code, about a lost connection. */
const CONNECTION_LOST_MESSAGES = new RegExp(`^Connection terminated|is not queryable$|^${READ_TIMEOUT_MESSAGE}$`)

/** SQLSTATE of an error that PostgreSQL raised, for example `23505` for a violated unique constraint. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** Name of the constraint that a write violated, or undefined when it failed for another reason. */
export function brokenConstraint(error: unknown): string | undefined {
  return sqlState(error)?.startsWith('23') ? (error as pg.DatabaseError).constraint : undefined
}

/** Whether the connection did not answer in time, so that the state of its statement is unknown. */
export function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && (error.cause as Error | undefined)?.message === READ_TIMEOUT_MESSAGE
}

/** Translates errors of the database, as opposed to the statement, to kernel errors with the original as `cause`. */
export function translated(error: unknown): unknown {
  const { code, message = '' } = error as { code?: unknown; message?: string }
  if (message.includes('timeout exceeded when trying to connect')) return kernelErrors.overloaded()
  if (!UNAVAILABLE_CODES.test(String(code)) && !CONNECTION_LOST_MESSAGES.test(message)) return withoutValues(error)
  return Object.assign(kernelErrors.databaseUnavailable({ retryAfter: 1 }), { cause: error })
}

export function rejectTranslated(error: unknown): never {
  throw translated(error)
}

/** Members of a PostgreSQL error that may contain user data, for example the whole row that was rejected. */
const MEMBERS_WITH_VALUES = ['detail', 'where', 'hint', 'internalQuery'] as const

/**
 * Keeps values out of logs and recorded failures, and returns the same error. Members such as `detail` become
 * non-enumerable: code can still read them, but loggers do not list them.
 */
export function withoutValues(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error
  for (const name of MEMBERS_WITH_VALUES) {
    if (error[name] !== undefined) Object.defineProperty(error, name, { enumerable: false })
  }
  // The message of a data exception (class 22) quotes the value.
  if (error.code?.startsWith('22')) {
    const { message, stack } = error
    error.message = message.replace(/".*"/s, '"…"')
    if (stack) error.stack = stack.replace(message, () => error.message)
  }
  return error
}
