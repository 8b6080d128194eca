import { READ_COLUMNS, VARIANT_COLUMNS } from './columns.ts'
import type { Format } from './format.ts'
import { unescaped } from './formulas.ts'

/** The format that an export writes: one row per variant; rows with the same `product_key` are one product. */
export const own: Format = {
  alsoRead: [],

  // Keys or SKUs identify products; only SKUs identify variants.
  recognises: (names) =>
    names.has('sku') || (names.has('product_key') && !VARIANT_COLUMNS.some((column) => names.has(column))),

  nameOf: (column) => column.replace(/[\s-]+/g, '_'),

  columns: (names) => new Map(READ_COLUMNS.filter((name) => names.has(name)).map((name) => [name, name])),

  group(rows, names, report) {
    // Without keys each row is a group, until the catalogue is asked to which products the SKUs belong.
    if (!names.has('product_key')) return rows.map((row) => ['', [row]])
    const groups = Map.groupBy(rows, (row) => unescaped(row.cell('product_key')).trim())
    for (const { row, isBad } of groups.get('') ?? []) {
      const message = 'is empty; rows with the same key are one product'
      if (!isBad) report.error({ row, column: 'product_key', message })
    }
    groups.delete('')
    return [...groups]
  },

  translate: ([, rows]) => ({
    rows: rows.map((raw) => ({
      row: raw.row,
      cells: Object.fromEntries(READ_COLUMNS.map((column) => [column, unescaped(raw.cell(column))])),
    })),
  }),
}
