/** The CSV of an export: one row per variant, each with the product's own columns repeated. */
import type { Language, Product } from './contract.ts'
import { COLUMNS } from './import/columns.ts'
import { escaped } from './import/formulas.ts'

/** The first line, with a byte order mark that tells spreadsheets that the file is UTF-8. */
export function writeHeader(): string {
  return `\ufeff${write([COLUMNS])}`
}

export function writeRows(products: readonly Product[]): string {
  return write(products.flatMap((product) => rowsOf(product).map((row) => COLUMNS.map((column) => row[column] ?? ''))))
}

function write(rows: string[][]): string {
  return rows.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('')
}

function quoted(cell: string): string {
  const text = escaped(cell)
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function rowsOf(product: Product): Record<string, string>[] {
  const { options, images, attributes } = product
  const lines = (language: Language) => ({
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
