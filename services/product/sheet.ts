/** The CSV form of products: one row a variant; what belongs to the product stands in its first row, or in all. */
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import type { ImportReport, Name, Product } from './contract.ts'
import { csvHeaderInvalid, csvNotUtf8 } from './errors.ts'

const REQUIRED = ['product_key', 'category', 'name_ko', 'name_en', 'sku', 'price']

/** Columns whose cells belong to the product, not to the variant. */
export const PRODUCT_COLUMNS = [
  'state',
  'category',
  'brand',
  'name_ko',
  'name_en',
  'description_ko',
  'description_en',
  'attributes_ko',
  'attributes_en',
  'images',
  'image_alts_ko',
  'image_alts_en',
  'option_1_name_ko',
  'option_1_name_en',
  'option_2_name_ko',
  'option_2_name_en',
  'option_3_name_ko',
  'option_3_name_en',
]

export const COLUMNS = [
  'product_key',
  ...PRODUCT_COLUMNS,
  'sku',
  'price',
  'compare_at_price',
  'currency',
  ...[1, 2, 3].flatMap((n) => [`option_${n}_code`, `option_${n}_value_ko`, `option_${n}_value_en`]),
]

export type RowError = ImportReport['errors'][number]

export interface SheetRow {
  /** Line of the file on which the row begins. */
  row: number
  cells: Readonly<Record<string, string>>
}

export interface Sheet {
  columns: ReadonlySet<string>
  /** The rows of each product, by its key. */
  products: Map<string, SheetRow[]>
  errors: RowError[]
}

// A cell that begins like this would be run as a formula by a spreadsheet. Export puts an apostrophe before it, and
// one more before a cell that looks as if that had been done; import takes one away again.
const FORMULA = /^'*[=+\-@\t\r＝＋－＠]/
const ESCAPED = /^'+[=+\-@\t\r＝＋－＠]/

/** Reads a file. Raises `csv_not_utf8` and `csv_header_invalid`; bad rows are among the errors, without their product. */
export function readSheet(text: string): Sheet {
  if (text.includes('\ufffd')) throw csvNotUtf8()
  const errors: RowError[] = []
  const { header, records } = readRecords(text, errors)
  const rows = new Map<string, SheetRow[]>()
  const bad = new Set<string>()
  for (const { row, values } of records) {
    const cells = Object.fromEntries(header.map((column, index) => [column, withoutEscape(values[index] ?? '')]))
    const key = cells.product_key?.trim() ?? ''
    if (values.length !== header.length) {
      errors.push({ row, column: null, message: `has ${values.length} cells, but the header has ${header.length}` })
      bad.add(key)
    } else if (key === '') {
      errors.push({ row, column: 'product_key', message: 'is empty; rows with the same key are one product' })
    }
    const group = rows.get(key)
    if (group) group.push({ row, cells })
    else rows.set(key, [{ row, cells }])
  }
  for (const key of ['', ...bad]) rows.delete(key)
  return { columns: new Set(header), products: rows, errors }
}

function readRecords(text: string, errors: RowError[]) {
  let unclosed = false
  // Empty lines are kept until here because the parser does not count those that it skips.
  const parsed = parse(text.replace(/\r\n?/g, '\n'), {
    bom: true,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    on_skip: () => {
      unclosed = true
    },
  }) as unknown as { record: string[]; info: { lines: number } }[]
  const records = parsed.map(({ record }, index) => ({ row: (parsed[index - 1]?.info.lines ?? 0) + 1, values: record }))
  if (unclosed) {
    const row = (parsed.at(-1)?.info.lines ?? 0) + 1
    errors.push({ row, column: null, message: 'opens a quote that nothing closes' })
  }
  const [header, ...rows] = records.filter(({ values }) => values.some((cell) => cell.trim() !== ''))
  return { header: headerOf(header?.values ?? []), records: rows }
}

function headerOf(names: string[]): string[] {
  const header = names.map((name) => name.trim().toLowerCase())
  const missing = REQUIRED.filter((column) => !header.includes(column))
  const unknown = header.filter((column, index) => !COLUMNS.includes(column) || header.indexOf(column) !== index)
  if (missing.length + unknown.length === 0) return header
  const list = (columns: string[]) =>
    columns
      .map((column) => column.slice(0, 50) || '(empty)')
      .slice(0, 20)
      .join(', ') || 'none'
  throw csvHeaderInvalid({ missing: list(missing), unknown: list(unknown) })
}

function withoutEscape(cell: string): string {
  return ESCAPED.test(cell) ? cell.slice(1) : cell
}

/** The first line. The mark before it tells spreadsheets that the file is UTF-8. */
export function writeHeader(): string {
  return `\ufeff${write([COLUMNS])}`
}

export function writeRows(products: readonly Product[]): string {
  return write(products.flatMap((product) => rowsOf(product).map((row) => COLUMNS.map((column) => row[column] ?? ''))))
}

function write(rows: string[][]): string {
  return stringify(rows, {
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/,
    cast: { string: (cell) => (FORMULA.test(cell) ? `'${cell}` : cell) },
  })
}

function rowsOf(product: Product): Record<string, string>[] {
  const { options, images, attributes } = product
  const lines = (language: keyof Name) => ({
    [`name_${language}`]: product.name[language],
    [`description_${language}`]: product.description[language],
    [`attributes_${language}`]: attributes.map(({ name, value }) => `${name[language]}: ${value[language]}`).join('\n'),
    [`image_alts_${language}`]: images.map(({ alt }) => alt[language]).join('\n'),
    ...Object.fromEntries(options.map(({ name }, index) => [`option_${index + 1}_name_${language}`, name[language]])),
  })
  const shared: Record<string, string> = {
    product_key: product.key,
    state: product.state,
    category: product.category,
    brand: product.brand?.slug ?? '',
    images: images.map(({ url }) => url).join('\n'),
    ...lines('ko'),
    ...lines('en'),
  }
  return product.variants.map((variant) => ({
    ...shared,
    sku: variant.sku,
    price: String(variant.price),
    compare_at_price: variant.compareAtPrice === null ? '' : String(variant.compareAtPrice),
    currency: variant.currency,
    ...Object.assign(
      {},
      ...variant.options.map((code, index) => {
        const value = options[index]?.values.find((candidate) => candidate.code === code)
        const n = index + 1
        return {
          [`option_${n}_code`]: code,
          [`option_${n}_value_ko`]: value?.name.ko,
          [`option_${n}_value_en`]: value?.name.en,
        }
      }),
    ),
  }))
}
