/**
 * Shopify's product CSV: rows with the same `Handle` are one product, and the first of them has the texts. A row with a
 * price, a SKU or an option's value is a variant; other rows only add a picture.
 * https://help.shopify.com/manual/products/import-export/using-csv
 */
import { OPTION_NUMBERS } from './columns.ts'
import { GENERATED_SKU_MESSAGE, generatedSku, plainText } from './foreign.ts'
import type { Format, RawRow } from './format.ts'
import type { RowMessage } from './report.ts'

/** Shopify's column names since 2025, with the earlier names that this format uses. */
const LEGACY_NAMES: Record<string, string> = {
  'url handle': 'handle',
  description: 'body (html)',
  sku: 'variant sku',
  price: 'variant price',
  'compare-at price': 'variant compare at price',
  'inventory quantity': 'variant inventory qty',
  'inventory tracker': 'variant inventory tracker',
  'product image url': 'image src',
  'image alt text': 'image alt text',
  'published on online store': 'published',
  'variant image url': 'variant image',
}

const STATES: Record<string, string> = { active: 'on-sale', draft: 'draft', archived: 'stopped', unlisted: 'draft' }

export const shopify: Format = {
  recognises: (names) =>
    names.has('title') &&
    (names.has('handle') || names.has('url handle')) &&
    [...names].some((name) => /^(variant )?(price|sku)$|^option1 name$/.test(name)),

  nameOf: (column) => LEGACY_NAMES[column] ?? column,

  alsoRead: ['option1 value', 'published', 'variant image', 'variant inventory tracker'],

  columns(names, language) {
    const sources: Record<string, string> = {
      product_key: 'handle',
      [`name_${language}`]: 'title',
      [`description_${language}`]: 'body (html)',
      brand: 'vendor',
      category: names.has('type') ? 'type' : 'product category',
      state: names.has('status') ? 'status' : 'published',
      images: 'image src',
      [`image_alts_${language}`]: 'image alt text',
      sku: 'variant sku',
      price: 'variant price',
      compare_at_price: 'variant compare at price',
      stock: 'variant inventory qty',
      ...Object.fromEntries(
        OPTION_NUMBERS.flatMap((n) => [
          [`option_${n}_name_${language}`, `option${n} name`],
          [`option_${n}_value_${language}`, `option${n} value`],
        ]),
      ),
    }
    // A file without a column of SKUs still has variants; their SKUs are generated.
    return new Map(Object.entries(sources).filter(([column, source]) => names.has(source) || column === 'sku'))
  },

  group(rows, _names, report) {
    const groups = Map.groupBy(rows, (row) => row.cell('handle').trim())
    for (const { row } of groups.get('') ?? []) {
      report.error({ row, column: 'Handle', message: 'is empty; it names the product' })
    }
    groups.delete('')
    return [...groups]
  },

  translate([handle, raw], language) {
    const [first] = raw
    if (!first) return { rows: [] }
    const warnings: RowMessage[] = []
    const variants = raw.filter((row) =>
      ['variant price', 'variant sku', 'option1 value'].some((name) => row.cell(name)),
    )
    const options = OPTION_NUMBERS.filter((n) => first.cell(`option${n} name`) && !isDefaultOption(first, n))
    const product = {
      product_key: handle,
      [`name_${language}`]: first.cell('title'),
      [`description_${language}`]: plainText(first.cell('body (html)')),
      brand: first.cell('vendor'),
      category: first.cell('type') || first.cell('product category'),
      state: stateOf(first),
      ...picturesOf(raw, language),
      ...Object.fromEntries(options.map((n) => [`option_${n}_name_${language}`, first.cell(`option${n} name`)])),
    }
    const rows = variants.map((row) => {
      const values = options.map((n) => row.cell(`option${n} value`).trim())
      const given = row.cell('variant sku').trim()
      const sku = given || generatedSku(handle, values)
      if (!given) warnings.push({ row: row.row, column: 'Variant SKU', message: `${GENERATED_SKU_MESSAGE} ${sku}` })
      return {
        row: row.row,
        cells: {
          ...product,
          sku,
          price: row.cell('variant price'),
          compare_at_price: row.cell('variant compare at price'),
          stock: row
            .cell('variant inventory qty')
            .trim()
            .replace(/^-\d+$/, '0'),
          ...Object.fromEntries(options.map((n, place) => [`option_${n}_value_${language}`, values[place] ?? ''])),
        },
      }
    })
    return { rows, warnings }
  },
}

/** Shopify gives a product without options the option “Title” with the value “Default Title”. */
function isDefaultOption(row: RawRow, n: number): boolean {
  return n === 1 && row.cell('option1 name') === 'Title' && row.cell('option1 value') === 'Default Title'
}

function stateOf(row: RawRow): string {
  const status = row.cell('status').trim().toLowerCase()
  if (status) return STATES[status] ?? status
  return row.cell('published').trim().toLowerCase() === 'true' ? 'on-sale' : 'draft'
}

function picturesOf(rows: readonly RawRow[], language: string): Record<string, string> {
  const pictures = new Map<string, string>()
  for (const row of rows) {
    const url = row.cell('image src').trim()
    if (url && !pictures.has(url)) pictures.set(url, row.cell('image alt text').replace(/\s+/g, ' ').trim())
  }
  return {
    images: [...pictures.keys()].join('\n'),
    [`image_alts_${language}`]: [...pictures.values()].join('\n'),
  }
}
