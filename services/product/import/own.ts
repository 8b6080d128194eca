import { READ_COLUMNS, VARIANT_COLUMNS } from './columns.ts'
import type { Format } from './format.ts'
import { unescaped } from './formulas.ts'

/** The form that an export writes: one row a variant; rows with one `product_key` are one product. */
export const own: Format = {
  alsoRead: [],

  // Products are told apart by their keys or their SKUs, and variants by their SKUs alone.
  recognises: (names) =>
    names.has('sku') || (names.has('product_key') && !VARIANT_COLUMNS.some((column) => names.has(column))),

  nameOf: (column) => column.replace(/[\s-]+/g, '_'),

  columns: (names) => new Map(READ_COLUMNS.filter((name) => names.has(name)).map((name) => [name, name])),

  group(rows, names, report) {
    // Without keys each row is for itself, until the catalogue has told which product its SKU belongs to.
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
