/** The columns of Doran's own CSV; the forms of other shops are translated into them. */

import type { Language } from '../contract.ts'

export const LANGUAGES: readonly Language[] = ['ko', 'en']
/** Which option columns there are. */
export const OPTION_NUMBERS = [1, 2, 3] as const

/** Whose cells belong to the product, not to the variant. */
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

/** What an export writes, in this order. */
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
 * What an import reads. The stock is not exported: to send a file back would undo the sales that came between.
 */
export const READ_COLUMNS = [...COLUMNS, 'stock']

/** What only makes sense of a variant, and so only in a file that names variants by `sku`. */
export const VARIANT_COLUMNS = ['price', 'compare_at_price', 'currency', 'stock', ...OPTION_VALUE_COLUMNS]

/** Where a problem is told when the file does not have the column itself: the nearest one that says something of it. */
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
