/** The columns of Doran's own CSV. Files of other shops are translated into them. */

import type { Language } from '../contract.ts'

export const LANGUAGES: readonly Language[] = ['ko', 'en']
/** The numbers of the option columns. */
export const OPTION_NUMBERS = [1, 2, 3] as const

/** Columns of the product, as opposed to the variant. */
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
  ...OPTION_NUMBERS.flatMap((n) => LANGUAGES.map((language) => `option_${n}_name_${language}`)),
]

const OPTION_VALUE_COLUMNS = OPTION_NUMBERS.flatMap((n) => [
  `option_${n}_code`,
  `option_${n}_value_ko`,
  `option_${n}_value_en`,
])

/** The columns of an export, in order. */
export const COLUMNS = [
  'product_key',
  ...PRODUCT_COLUMNS,
  'sku',
  'price',
  'compare_at_price',
  'currency',
  ...OPTION_VALUE_COLUMNS,
]

/**
 * The columns that an import reads. Exports omit the stock, because importing it again would undo the sales in between.
 */
export const READ_COLUMNS = [...COLUMNS, 'stock']

/** Columns of the variant, which make sense only in a file that names variants by `sku`. */
export const VARIANT_COLUMNS = ['price', 'compare_at_price', 'currency', 'stock', ...OPTION_VALUE_COLUMNS]

/** The columns at which a problem may be reported, most specific first, because the file may lack the column itself. */
export function nearestColumns(column: string): string[] {
  const option = /^option_(\d)_/.exec(column)
  if (option) {
    const [, n] = option
    const values = [`option_${n}_value_ko`, `option_${n}_value_en`, `option_${n}_code`]
    const names = [`option_${n}_name_ko`, `option_${n}_name_en`]
    return [column, ...(column.includes('_name_') ? [...names, ...values] : [...values, ...names]), 'sku']
  }
  if (column.startsWith('image_alts')) return [column, 'images']
  const language = /^(.*)_(ko|en)$/.exec(column)
  if (language) return [column, `${language[1]}_${language[2] === 'ko' ? 'en' : 'ko'}`]
  if (column === 'compare_at_price') return [column, 'price']
  return [column]
}
