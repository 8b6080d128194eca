/** Schemas of values that every contract writes the same way. */
import { Type } from 'typebox'

/** UUID; ours are version 7. */
export const Id = Type.String({
  format: 'uuid',
  // The format also takes `urn:uuid:…`, which PostgreSQL does not.
  pattern: '^[0-9a-fA-F-]{36}$',
  errorMessage: 'must be a UUID',
})

/** UTC, ISO 8601 with milliseconds: `2026-11-21T05:34:40.123Z`. */
export const Timestamp = Type.String({ format: 'date-time' })

/** Money in minor units of its currency; won have none, so 12900 is ₩12,900. */
export const Amount = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })

/** ISO 4217 code. */
export const Currency = Type.String({ pattern: '^[A-Z]{3}$' })

/** How many rows a page of a list has. */
export const PageSize = Type.Integer({ minimum: 1, maximum: 100, default: 20 })

/** Where the next page of a list begins: the `next` of the page before. */
export const Cursor = Type.Optional(Type.String({ maxLength: 1000 }))
