/** Keyset paging: a cursor contains the last row's sort key, so pages stay correct while rows are added and removed. */

import { kernelErrors } from '../contract/errors.ts'
import { validate } from '../contract/schema.ts'
import type { TSchema } from '../contract/type.ts'
import type { Page } from '../contract/values.ts'

type Key = string | number | null

export const asKeyset = {
  /**
   * The sort key in a cursor, or undefined without a cursor. Throws `validation_failed` for a cursor of another list or
   * a forged one. `parts` is the number of parts of the key, or the schema of each part, so that a forged part never
   * reaches the database.
   */
  read(cursor: string | undefined, parts: number | readonly TSchema[]): Key[] | undefined {
    if (cursor === undefined) return undefined
    try {
      const key = JSON.parse(Buffer.from(cursor, 'base64url').toString())
      if (isKey(key, parts)) return key
    } catch {
      // Not JSON: refused below like any other invalid cursor.
    }
    throw notACursor()
  },

  /** A page from `limit + 1` rows. The extra row only shows that there is a next page. */
  page<Row, Item>(rows: Row[], limit: number, key: (row: Row) => Key[], present: (row: Row) => Item): Page<Item> {
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    const next = rows.length > limit && last ? Buffer.from(JSON.stringify(key(last))).toString('base64url') : null
    return { items: shown.map(present), next }
  },

  /** A page from `limit + 1` rows that are shown as they are and sorted by their ids. */
  pageById<Row extends { id: string }>(rows: Row[], limit: number): Page<Row> {
    return asKeyset.page(
      rows,
      limit,
      ({ id }) => [id],
      (row) => row,
    )
  },
}

function notACursor() {
  return kernelErrors.validationFailed({}, { cursor: ['is not a cursor of this list; start again without it'] })
}

function isKey(key: unknown, parts: number | readonly TSchema[]): key is Key[] {
  if (!Array.isArray(key)) return false
  if (typeof parts !== 'number') {
    return key.length === parts.length && parts.every((schema, index) => !validate(schema, key[index]))
  }
  return key.length === parts && key.every((part) => ['string', 'number'].includes(typeof part) || part === null)
}
