/** From the rows of one product in a CSV file to the product, or to what is wrong with which cell. */
import { type Static, validate } from '@doran/kernel'
import { type Attribute, type Image, ImportedProduct, type Option } from './contract.ts'
import { type StoredProduct, tidy } from './products.ts'
import { findProblems, type Problem } from './rules.ts'
import { PRODUCT_COLUMNS, type RowError, type Sheet, type SheetRow } from './sheet.ts'

type Draft = Static<typeof ImportedProduct>
type Cells = SheetRow['cells']

/**
 * The product that the rows describe. A column that the file does not have leaves what is stored as it is; a new
 * product is a draft without one.
 */
export function readProduct(
  key: string,
  rows: readonly SheetRow[],
  columns: Sheet['columns'],
  before: StoredProduct | undefined,
): { product: Draft } | { errors: RowError[] } {
  const conflicts = findConflicts(rows)
  if (conflicts.length > 0) return { errors: conflicts }

  const draft = draftOf(key, rows, columns, before)
  const invalid = Object.entries(validate(ImportedProduct, draft) ?? {}).map(([path, [message = '']]) => ({
    path,
    message,
  }))
  const problems = invalid.length > 0 ? invalid : findProblems(tidy(draft))
  if (draft.state === 'draft' && before && before.state !== 'draft') {
    problems.push({ path: 'state', message: 'was on sale or stopped already, so it cannot be a draft again' })
  }
  if (problems.length === 0) return { product: draft }
  return { errors: problems.map((problem) => locate(problem, draft, rows)) }
}

/** Later rows may leave the product's own cells empty, or repeat them. */
function findConflicts([first, ...others]: readonly SheetRow[]): RowError[] {
  return others.flatMap(({ row, cells }) =>
    PRODUCT_COLUMNS.flatMap((column) => {
      const cell = cells[column] ?? ''
      if (cell === '' || cell === first?.cells[column]) return []
      return { row, column, message: `differs from line ${first?.row}, where the product begins; leave it empty here` }
    }),
  )
}

function draftOf(
  key: string,
  rows: readonly SheetRow[],
  columns: Sheet['columns'],
  before: StoredProduct | undefined,
): Draft {
  const cells = rows[0]?.cells ?? {}
  const stored = before?.content
  const optionCount = [1, 2, 3].filter((n) => cells[`option_${n}_name_ko`] || cells[`option_${n}_name_en`]).length
  const description = {
    ko: cells.description_ko ?? stored?.description.ko ?? '',
    en: cells.description_en ?? stored?.description.en ?? '',
  }
  return {
    key,
    state: (cells.state?.trim() || before?.state || 'draft') as Draft['state'],
    category: cells.category?.trim() ?? '',
    brand: columns.has('brand') ? cells.brand?.trim() || null : (stored?.brand ?? null),
    name: { ko: cells.name_ko ?? '', en: cells.name_en ?? '' },
    description,
    attributes: columns.has('attributes_ko') ? attributesOf(cells) : (stored?.attributes ?? []),
    images: columns.has('images') ? imagesOf(cells) : (stored?.images ?? []),
    options: Array.from({ length: optionCount }, (_, index) => optionOf(index, rows, stored?.options[index])),
    variants: rows.map(({ cells: own }) => ({
      sku: own.sku?.trim() ?? '',
      price: wonOf(own.price) as number,
      compareAtPrice: own.compare_at_price?.trim() ? wonOf(own.compare_at_price) : null,
      currency: (own.currency?.trim() || 'KRW') as 'KRW',
      options: Array.from({ length: optionCount }, (_, index) => codeOf(index, own)),
    })),
  }
}

/** Digits, also in groups of three; anything else is left for the schema to refuse. */
function wonOf(cell = ''): number {
  const text = cell.trim()
  return /^(\d+|\d{1,3}(,\d{3})+)$/.test(text) ? Number(text.replaceAll(',', '')) : Number.NaN
}

function attributesOf(cells: Cells): Attribute[] {
  const [korean, english] = [linesOf(cells.attributes_ko), linesOf(cells.attributes_en)]
  return Array.from({ length: Math.max(korean.length, english.length) }, (_, index) => {
    const [ko, en] = [pairOf(korean[index]), pairOf(english[index])]
    return { name: { ko: ko.name, en: en.name }, value: { ko: ko.value, en: en.value } }
  })
}

function pairOf(line = ''): { name: string; value: string } {
  const colon = line.indexOf(':')
  return { name: line.slice(0, Math.max(colon, 0)).trim(), value: line.slice(colon + 1).trim() }
}

function imagesOf(cells: Cells): Image[] {
  const alts = { ko: cells.image_alts_ko?.split('\n') ?? [], en: cells.image_alts_en?.split('\n') ?? [] }
  return linesOf(cells.images).map((url, index) => ({
    url: url.trim(),
    alt: { ko: alts.ko[index]?.trim() ?? '', en: alts.en[index]?.trim() ?? '' },
  }))
}

function linesOf(cell = ''): string[] {
  return cell.split('\n').filter((line) => line.trim() !== '')
}

/** Values keep the order that they have in the store; new ones follow as they appear. */
function optionOf(index: number, rows: readonly SheetRow[], stored: Option | undefined): Option {
  const n = index + 1
  const values = new Map<string, Option['values'][number]>()
  for (const { cells } of rows) {
    const code = codeOf(index, cells)
    const known = values.get(code)?.name
    const name = {
      ko: known?.ko || (cells[`option_${n}_value_ko`] ?? ''),
      en: known?.en || (cells[`option_${n}_value_en`] ?? ''),
    }
    values.set(code, { code, name })
  }
  const order = stored?.values.map(({ code }) => code) ?? []
  const place = (code: string) => (order.includes(code) ? order.indexOf(code) : order.length)
  return {
    name: { ko: rows[0]?.cells[`option_${n}_name_ko`] ?? '', en: rows[0]?.cells[`option_${n}_name_en`] ?? '' },
    values: [...values.values()].sort((a, b) => place(a.code) - place(b.code)),
  }
}

/** Without a code of its own a value is known by its English name. */
function codeOf(index: number, cells: Cells): string {
  const code = cells[`option_${index + 1}_code`]?.trim()
  const english = cells[`option_${index + 1}_value_en`] ?? ''
  return (
    code ||
    english
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
  )
}

/** Row and column of a problem that is known by its path in the product. */
function locate({ path, message }: Problem, draft: Draft, rows: readonly SheetRow[]): RowError {
  const [field = '', index, part, item, ...rest] = path.split('.')
  const rowOf = (place: number) => rows[place]?.row ?? rows[0]?.row ?? 1
  const at = (place: number, column: string): RowError => ({ row: rowOf(place), column, message })
  const language = path.endsWith('.en') ? 'en' : 'ko'
  switch (field) {
    case 'variants': {
      const columns: Record<string, string> = {
        compareAtPrice: 'compare_at_price',
        options: `option_${Number(item ?? 0) + 1}_code`,
      }
      return at(Number(index ?? 0), columns[part ?? ''] ?? part ?? 'sku')
    }
    case 'options': {
      const n = Number(index) + 1
      if (part !== 'values') return at(0, `option_${n}_name_${language}`)
      const code = draft.options?.[n - 1]?.values[Number(item)]?.code
      const place = draft.variants.findIndex(({ options }) => options?.[n - 1] === code)
      return at(Math.max(place, 0), rest[0] === 'name' ? `option_${n}_value_${language}` : `option_${n}_code`)
    }
    case 'images':
      return at(0, part === 'alt' ? `image_alts_${language}` : 'images')
    case 'name':
    case 'description':
    case 'attributes':
      return at(0, `${field}_${language}`)
    case 'key':
      return at(0, 'product_key')
  }
  return at(0, field)
}
