/** Finds the cell of the file that causes a problem of a product. */
import type { Static } from '@doran/kernel/contract'
import type { ImportedProduct } from '../contract.ts'
import type { Problem } from '../rules.ts'
import type { SheetRow } from './format.ts'
import type { RowMessage } from './report.ts'

/** A product as the file describes it. */
export type Draft = Static<typeof ImportedProduct>

export interface Places {
  draft: Draft
  /** For each option of the draft, its number in the columns. */
  numbers: readonly number[]
  /** The product's first row. */
  first: SheetRow
  /** The row of each SKU. */
  rowOf: ReadonlyMap<string, SheetRow>
  stored: ReadonlyMap<string, unknown>
}

/** Row and column of a problem, from its path in the product, for example `variants.2.price`. */
export function locate({ path, message }: Problem, places: Places): RowMessage {
  const { draft, numbers } = places
  const [field = '', index, part, item, ...rest] = path.split('.')
  const language = path.endsWith('.en') ? 'en' : 'ko'
  const first = (column: string): RowMessage => ({ row: places.first.row, column, message })
  switch (field) {
    case 'variants': {
      const n = numbers[Number(item ?? 0)] ?? 1
      const columns: Record<string, string> = { compareAtPrice: 'compare_at_price', options: `option_${n}_code` }
      return atVariant(draft.variants[Number(index)]?.sku, columns[part ?? ''] ?? part ?? 'sku', message, places)
    }
    case 'options': {
      const place = Number(index)
      const n = numbers[place] ?? 1
      if (part !== 'values') return first(`option_${n}_name_${language}`)
      const code = draft.options?.[place]?.values[Number(item)]?.code
      const owner = draft.variants.find(({ options }) => options?.[place] === code)
      const column = rest[0] === 'name' ? `option_${n}_value_${language}` : `option_${n}_code`
      return atVariant(owner?.sku, column, message, places)
    }
    case 'images':
      return first(part === 'alt' ? `image_alts_${language}` : 'images')
    case 'name':
    case 'description':
    case 'attributes':
      return first(`${field}_${language}`)
    case 'key':
      return first('product_key')
  }
  return first(field)
}

/** Problems of a variant that the file does not name are reported at the product's first row. */
function atVariant(sku: string | undefined, column: string, message: string, places: Places): RowMessage {
  const row = sku === undefined ? undefined : places.rowOf.get(sku)
  if (row) return { row: row.row, column, message }
  const unnamed = sku !== undefined && places.stored.has(sku)
  const told = unnamed ? `${sku}, which the file does not name: ${message}` : message
  return { row: places.first.row, column: unnamed ? 'sku' : column, message: told }
}
