/** What PostgreSQL and the way to it report, in our own words where a caller can do something about it. */
import pg from 'pg'
import { kernelErrors } from '../contract/errors.ts'

/** What `pg` says when a connection has not answered in time. */
const UNANSWERED = 'Query read timeout'

/**
 * What the network says, and PostgreSQL: out of connections, memory or disk (53), a disk that fails (58030), on its way down or up
 * (57P0), tired of a transaction in which we were silent (25P03).
 */
const UNAVAILABLE =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|53\w{3}|58030|57P0[123]|25P03)$/
/** What `pg` says, without a code, of a connection that was lost. */
const LOST = new RegExp(`^Connection terminated|is not queryable$|^${UNANSWERED}$`)

/** SQLSTATE of an error that PostgreSQL raised, for example `23505` for a broken unique constraint. */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** Name of the constraint that a write broke, if that is why it failed. */
export function brokenConstraint(error: unknown): string | undefined {
  return sqlState(error)?.startsWith('23') ? (error as pg.DatabaseError).constraint : undefined
}

/** Whether the connection did not answer in time, so that nobody knows what it is doing. */
export function isUnanswered(error: unknown): error is Error {
  return error instanceof Error && (error.cause as Error | undefined)?.message === UNANSWERED
}

/** What is the database's trouble and not the statement's in our own words, with what it was as the cause. */
export function translated(error: unknown): unknown {
  const { code, message = '' } = error as { code?: unknown; message?: string }
  if (message.includes('timeout exceeded when trying to connect')) return kernelErrors.overloaded()
  if (!UNAVAILABLE.test(String(code)) && !LOST.test(message)) return withoutValues(error)
  return Object.assign(kernelErrors.databaseUnavailable({ retryAfter: 1 }), { cause: error })
}

export function rejectTranslated(error: unknown): never {
  throw translated(error)
}

/** Members of an error of PostgreSQL that may hold what people wrote: the whole row that was refused, for example. */
const WITH_VALUES = ['detail', 'where', 'hint', 'internalQuery'] as const

/**
 * The same error, from which neither logs nor recorded failures learn values: code can still read its `detail`, but what
 * lists its members does not see it.
 */
export function withoutValues(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error
  for (const name of WITH_VALUES) {
    if (error[name] !== undefined) Object.defineProperty(error, name, { enumerable: false })
  }
  // Data exceptions quote the value in their message.
  if (error.code?.startsWith('22')) {
    const { message, stack } = error
    error.message = message.replace(/".*"/s, '"…"')
    if (stack) error.stack = stack.replace(message, () => error.message)
  }
  return error
}
