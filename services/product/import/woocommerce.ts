/**
 * WooCommerce's product CSV: a `simple` product is one row. A `variable` product has a row of its own and one row per
 * `variation`, which names it as its parent.
 * https://github.com/woocommerce/woocommerce/wiki/Product-CSV-Import-Schema
 */

import { OPTION_NUMBERS } from './columns.ts'
import { GENERATED_SKU_MESSAGE, generatedSku, plainText } from './foreign.ts'
import type { Format, RawRow } from './format.ts'
import { unescaped } from './formulas.ts'
import type { RowMessage } from './report.ts'

/** The attributes that are read. WooCommerce writes as many as a product has. */
const ATTRIBUTES = Array.from({ length: 20 }, (_, index) => index + 1)

export const woocommerce: Format = {
  recognises: (names) => ['type', 'sku', 'name', 'regular price'].every((name) => names.has(name)),

  nameOf: (column) => column,

  alsoRead: [
    ...['id', 'type', 'parent', 'published', 'short description', 'sale price', 'regular price'],
    ...['date sale price starts', 'date sale price ends', 'in stock?'],
    ...ATTRIBUTES.flatMap((n) => [`attribute ${n} name`, `attribute ${n} value(s)`]),
  ],

  columns(names, language) {
    const sources: Record<string, string> = {
      product_key: 'sku',
      sku: 'sku',
      [`name_${language}`]: 'name',
      [`description_${language}`]: 'description',
      brand: 'brands',
      category: 'categories',
      state: 'published',
      images: 'images',
      price: 'regular price',
      compare_at_price: 'regular price',
      stock: 'stock',
      [`attributes_${language}`]: 'attribute 1 value(s)',
      ...Object.fromEntries(
        OPTION_NUMBERS.flatMap((n) => [
          [`option_${n}_name_${language}`, `attribute ${n} name`],
          [`option_${n}_value_${language}`, `attribute ${n} value(s)`],
        ]),
      ),
    }
    return new Map(Object.entries(sources).filter(([, source]) => names.has(source)))
  },

  group(rows, _names, report) {
    const groups = new Map<string, RawRow[]>()
    const keyOf = new Map<string, string>()
    const variations: RawRow[] = []
    for (const row of rows) {
      const type = text(row, 'type').toLowerCase()
      if (type.startsWith('variation')) variations.push(row)
      else if (/^(simple|variable)\b/.test(type)) {
        const key = text(row, 'sku') || `id:${text(row, 'id') || row.row}`
        const twin = groups.get(key)?.[0]
        if (twin) report.error({ row: row.row, column: 'SKU', message: `is that of line ${twin.row} too` })
        else groups.set(key, [row])
        for (const name of [key, `id:${text(row, 'id')}`]) keyOf.set(name, key)
      } else {
        const message = `“${type.slice(0, 40)}” products are not sold here; only simple and variable ones are`
        report.error({ row: row.row, column: 'Type', message })
      }
    }
    for (const row of variations) {
      const parent = groups.get(keyOf.get(text(row, 'parent')) ?? '')
      if (parent) parent.push(row)
      else report.error({ row: row.row, column: 'Parent', message: 'names no product of this file' })
    }
    return [...groups]
  },

  translate([key, [parent, ...variations]], language) {
    if (!parent) return { rows: [] }
    const warnings: RowMessage[] = []
    const isVariable = text(parent, 'type').toLowerCase().startsWith('variable')
    const names = isVariable ? optionNamesOf(variations) : []
    const rows = isVariable ? variations : [parent]
    const product = {
      product_key: key,
      [`name_${language}`]: text(parent, 'name'),
      [`description_${language}`]: plainText(text(parent, 'description') || text(parent, 'short description')),
      brand: listOf(text(parent, 'brands'))[0] ?? '',
      category: listOf(text(parent, 'categories')).join('\n'),
      state: text(parent, 'published') === '1' ? 'on-sale' : 'draft',
      images: [...new Set([parent, ...variations].flatMap((row) => listOf(text(row, 'images'))))].join('\n'),
      [`attributes_${language}`]: factsOf(parent, names),
      ...Object.fromEntries(names.map((name, place) => [`option_${place + 1}_name_${language}`, name])),
    }
    const problem =
      rows.length === 0
        ? 'is variable, but has no variation'
        : names.length > OPTION_NUMBERS.length && `has variations by ${names.length} attributes; three are possible`
    if (problem) return { rows: [], errors: [{ row: parent.row, column: 'Type', message: problem }] }
    const translated = rows.map((row) => {
      const values = names.map((name) => attributesOf(row).get(name)?.[0] ?? '')
      const given = text(row, 'sku')
      const sku = given || generatedSku(key.replace(':', '-'), values)
      if (!given) warnings.push({ row: row.row, column: 'SKU', message: `${GENERATED_SKU_MESSAGE} ${sku}` })
      return {
        row: row.row,
        cells: {
          ...product,
          sku,
          ...pricesOf(row, warnings),
          stock: text(row, 'stock').replace(/^-\d+$/, '0'),
          ...Object.fromEntries(
            names.map((_, place) => [`option_${place + 1}_value_${language}`, values[place] ?? '']),
          ),
        },
      }
    })
    return { rows: translated, warnings }
  },
}

/** WooCommerce escapes formulas like Doran, and writes line breaks as `\n`. */
function text(row: RawRow, column: string): string {
  return unescaped(row.cell(column)).replaceAll('\\n', '\n').trim()
}

/** Values are separated by commas; a backslash escapes a comma within a value. */
function listOf(cell: string): string[] {
  return cell
    .split(/(?<!\\),/)
    .map((part) => part.replaceAll('\\,', ',').trim())
    .filter(Boolean)
}

function attributesOf(row: RawRow): Map<string, string[]> {
  return new Map(
    ATTRIBUTES.flatMap((n) => {
      const name = text(row, `attribute ${n} name`)
      return name ? [[name, listOf(text(row, `attribute ${n} value(s)`))]] : []
    }),
  )
}

/** The attributes of the variations, which become options. */
function optionNamesOf(variations: readonly RawRow[]): string[] {
  return [...new Set(variations.flatMap((row) => [...attributesOf(row).keys()]))]
}

/** The product's other attributes, which become facts. */
function factsOf(parent: RawRow, options: readonly string[]): string {
  return [...attributesOf(parent)]
    .filter(([name, values]) => values.length > 0 && !options.includes(name))
    .map(([name, values]) => `${name.replaceAll(':', ' ')}: ${values.join(', ')}`)
    .join('\n')
}

function pricesOf(row: RawRow, warnings: RowMessage[]): { price: string; compare_at_price: string } {
  const [regular, sale] = [text(row, 'regular price'), text(row, 'sale price')]
  if (!sale) return { price: regular, compare_at_price: '' }
  if (!text(row, 'date sale price starts') && !text(row, 'date sale price ends'))
    return { price: sale, compare_at_price: regular }
  const message = 'is for a time only, which is not taken over; the regular price is'
  warnings.push({ row: row.row, column: 'Sale price', message })
  return { price: regular, compare_at_price: '' }
}
