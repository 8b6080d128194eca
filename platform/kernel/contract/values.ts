/** Schemas of values that all contracts share. */
import { type TSchema, Type } from './type.ts'
import type { Visible } from './visible.ts'

/** A UUID. Doran's own are version 7. */
export const Id = Type.String({
  format: 'uuid',
  // The format also accepts `urn:uuid:…`, which PostgreSQL rejects.
  pattern: '^[0-9a-fA-F-]{36}$',
  errorMessage: 'must be a UUID',
})

/** A time in UTC, in ISO 8601 with milliseconds: `2026-11-21T05:34:40.123Z`. */
export const Timestamp = Type.String({ format: 'date-time' })

/** Money in minor units of its currency. The won has no minor unit, so 12900 is ₩12,900. */
export const Amount = Type.Integer({ minimum: 0, maximum: 1_000_000_000_000 })

/** ISO 4217 code. */
export const Currency = Type.String({ pattern: '^[A-Z]{3}$' })

/** The schema or null. */
export function Nullable<T extends Parameters<typeof Type.Union>[0][number]>(schema: T) {
  return Type.Union([schema, Type.Null()])
}

/** Most items on one page of a list. */
export const PageSize = Type.Integer({ minimum: 1, maximum: 100, default: 20 })

/** Start of a page of a list: the `next` of the previous page. */
export const Cursor = Type.Optional(Type.String({ maxLength: 1000 }))

/** A page of a list. `next` is the cursor of the next page; null at the end. */
export interface Page<T> {
  items: T[]
  next: string | null
}

/** Schema of a page with items of this schema. */
export function page<T extends TSchema>(item: T) {
  return Type.Object({
    items: Type.Array(item),
    next: Type.Union([Type.String(), Type.Null()], { description: 'Cursor of the next page; null at the end' }),
  })
}

/** Required text of up to `maxLength` characters, at least one of which is visible. */
export function Text(maxLength: number) {
  return Type.String({
    maxLength,
    pattern: '\\S',
    visible: 'text',
    errorMessage: { ...BLANK, visible: "can't be blank", maxLength: tooLong(maxLength) },
  })
}

/**
 * {@link Text} without line breaks, other control characters and bidirectional controls. A `name` has no format
 * characters either.
 */
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
 * Content of a regular expression's character class: control characters, line and paragraph separators, and
 * bidirectional controls. On labels, consoles and in spreadsheets they make text look different from what it is.
 */
export const UNPRINTABLE = '\\p{Cc}\\p{Zl}\\p{Zp}\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069'

/** One line of text that may be empty, for example a reason or a short note. */
export function Remark(maxLength: number) {
  return Type.String({
    maxLength,
    pattern: `^[^${UNPRINTABLE}]*$`,
    errorMessage: `must be at most ${maxLength} characters on one line`,
  })
}

/** {@link Remark} with any number of lines. */
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
