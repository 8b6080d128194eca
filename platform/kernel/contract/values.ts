/** Schemas of values that every contract writes the same way. */
import { type TSchema, Type } from './type.ts'
import type { Visible } from './visible.ts'

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

/** A page of a list. `next` asks for the rows after it; null at the end. */
export interface Page<T> {
  items: T[]
  next: string | null
}

/** Schema of a page of `item`. */
export function page<T extends TSchema>(item: T) {
  return Type.Object({
    items: Type.Array(item),
    next: Type.Union([Type.String(), Type.Null()], { description: 'Cursor of the next page; null at the end' }),
  })
}

/** Text of up to so many characters that says something: not absent, not only what cannot be seen. */
export function Text(maxLength: number) {
  return Type.String({
    maxLength,
    pattern: '\\S',
    visible: 'text',
    errorMessage: { ...BLANK, visible: "can't be blank", maxLength: tooLong(maxLength) },
  })
}

/** {@link Text} without line breaks, other control characters and turns of direction; a `name` has no format characters at all. */
export function Line(maxLength: number, visible: Exclude<Visible, 'text'> = 'line') {
  return Type.String({
    maxLength,
    pattern: '\\S',
    not: { pattern: '\\p{Cc}' },
    visible,
    errorMessage: { ...BLANK, visible: ONE_LINE, maxLength: tooLong(maxLength), not: ONE_LINE },
  })
}

/**
 * For a character class: control characters, line and paragraph separators, and the controls that turn the direction of
 * text. On a label, a console or in a sheet they say something else than what is read.
 */
export const UNPRINTABLE = '\\p{Cc}\\p{Zl}\\p{Zp}\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069'

/** One line that may be empty, for what somebody adds in passing: a reason, a note. */
export function Remark(maxLength: number) {
  return Type.String({
    maxLength,
    pattern: `^[^${UNPRINTABLE}]*$`,
    errorMessage: `must be at most ${maxLength} characters on one line`,
  })
}

/** {@link Remark} in any number of lines. */
export function Note(maxLength: number) {
  return Type.String({
    maxLength,
    pattern: `^(?:[\\t\\r\\n]|[^${UNPRINTABLE}])*$`,
    errorMessage: `must be at most ${maxLength} characters of plain text`,
  })
}

const BLANK = { required: "can't be blank", type: "can't be blank", pattern: "can't be blank" }
const ONE_LINE = 'must be one line of text'

function tooLong(maxLength: number): string {
  return `is too long (maximum is ${maxLength} characters)`
}
