/** Reads a product from its rows, or reports all of its errors by cell. */
import { validate } from '@doran/kernel'
import { ImportedProduct, type Language, type Name, type Variant } from '../contract.ts'
import { type StoredProduct, tidy } from '../products.ts'
import { findProblems, type Problem } from '../rules.ts'
import { piecesOf, skuOf, wonOf } from './cells.ts'
import { nearestColumns, PRODUCT_COLUMNS } from './columns.ts'
import { attributesOf, imagesOf } from './facts.ts'
import type { SheetRow } from './format.ts'
import { type Draft, locate } from './locate.ts'
import { readOptions } from './options.ts'
import type { RowMessage } from './report.ts'
import type { ProductRows, Sheet } from './sheet.ts'
import type { Taxonomy } from './taxonomy.ts'

export interface ReadProduct {
  draft: Draft
  /** SKUs of stored variants that the file does not name. */
  unnamed: string[]
  /** The new quantity on hand by SKU, where the file has one. */
  stock: Map<string, { row: number; onHand: number }>
  errors: RowMessage[]
  warnings: RowMessage[]
}

export interface ReadOptions {
  sheet: Pick<Sheet, 'columns' | 'isForeign'>
  taxonomy: Taxonomy
  /** Removes variants that the file does not name, instead of keeping them. */
  removeVariants: boolean
  /** The category of products for which the file names no known category. */
  category: string | undefined
}

/**
 * The product that the rows describe. A field or variant that the file does not contain keeps its stored value. A new
 * product is a draft unless the file gives another state.
 */
export function readProduct(
  product: ProductRows,
  before: StoredProduct | undefined,
  options: ReadOptions,
): ReadProduct {
  return new ProductReader(product, before, options).read()
}

/** The largest quantity that the inventory accepts. */
const MAX_STOCK = 10_000_000

class ProductReader {
  readonly #key: string
  readonly #rows: readonly SheetRow[]
  readonly #first: SheetRow
  readonly #before: StoredProduct | undefined
  readonly #options: ReadOptions
  readonly #columns: Sheet['columns']
  /** By row and column, so that each cell has one error: the first one is the most specific. */
  readonly #errors = new Map<string, RowMessage>()
  readonly #warnings: RowMessage[]
  readonly #stored: ReadonlyMap<string, Variant>
  readonly #rowOf: ReadonlyMap<string, SheetRow>

  constructor({ key, translate, problems }: ProductRows, before: StoredProduct | undefined, options: ReadOptions) {
    const { rows, warnings = [] } = translate()
    this.#key = key
    this.#rows = rows
    this.#warnings = [...warnings]
    this.#first = rows[0] as SheetRow
    this.#before = before
    this.#options = options
    this.#columns = options.sheet.columns
    this.#stored = new Map(before?.content.variants.map((variant) => [variant.sku, variant]))
    this.#rowOf = new Map(this.#has('sku') ? rows.map((row) => [skuOf(row.cells.sku ?? ''), row]) : [])
    for (const problem of problems) this.#error(problem)
  }

  read(): ReadProduct {
    this.#findConflicts()
    this.#findMissing()
    const { variants, unnamed, ...parts } = this.#variants()
    const draft: Draft = { ...this.#productPart(), options: parts.options, variants }
    const places = { draft, numbers: parts.numbers, first: this.#first, rowOf: this.#rowOf, stored: this.#stored }
    for (const problem of this.#problemsOf(draft)) this.#error(locate(problem, places))
    const stock = this.#stock()
    return { draft, unnamed, stock, errors: [...this.#errors.values()], warnings: this.#warnings }
  }

  #has = (column: string) => this.#columns.has(column)

  /** Records an error under the file's name of the column, or of the nearest column that the file has. */
  #error = ({ row, column, message }: RowMessage): void => {
    const shown = column === null ? undefined : nearestColumns(column).find(this.#has)
    const name = shown === undefined ? null : (this.#columns.get(shown) ?? null)
    const place = `${row} ${name}`
    if (!this.#errors.has(place)) this.#errors.set(place, { row, column: name, message })
  }

  /** Reports later rows that differ in the product's cells. They may leave these cells empty or repeat them. */
  #findConflicts(): void {
    const [first, ...others] = this.#rows
    for (const { row, cells } of others) {
      for (const column of PRODUCT_COLUMNS) {
        const cell = cells[column] ?? ''
        if (cell === '' || cell === first?.cells[column]) continue
        const message = `differs from line ${first?.row}, where the product begins; leave it empty here`
        this.#error({ row, column, message })
      }
    }
  }

  /** Reports columns that a new product or variant requires and the file lacks. */
  #findMissing(): void {
    const either = (name: string) => this.#has(`${name}_ko`) || this.#has(`${name}_en`)
    const lacking = [
      ...(this.#before
        ? []
        : [!this.#has('category') && !this.#options.category && 'category', !either('name') && 'name_ko']),
      !this.#has('sku') && 'sku',
      !this.#has('price') && 'price',
    ].filter((column) => column !== false)
    const isNew = !this.#before || [...this.#rowOf.keys()].some((sku) => !this.#stored.has(sku))
    if (!isNew || lacking.length === 0) return
    const what = this.#before ? 'brings a new variant' : 'begins a new product'
    this.#error({
      row: this.#first.row,
      column: null,
      message: `${what}, for which the file lacks ${lacking.join(', ')}`,
    })
  }

  #productPart() {
    const { cells } = this.#first
    const stored = this.#before?.content
    const facts = { cells, has: this.#has, problem: this.#error, row: this.#first.row }
    return {
      key: this.#key,
      state: (cells.state?.trim() || this.#before?.state || 'draft') as Draft['state'],
      category: this.#category(),
      brand: this.#brand(),
      name: this.#text('name', stored?.name),
      description: this.#text('description', stored?.description),
      attributes: attributesOf(facts, stored?.attributes ?? []),
      images: imagesOf(facts, stored?.images ?? []),
    }
  }

  /** If the file has only one language and nothing is stored, its text is used for both. */
  #text(field: 'name' | 'description', stored: Name | undefined): Name {
    const { cells } = this.#first
    const inLanguage = (language: Language, other: Language) =>
      this.#has(`${field}_${language}`)
        ? (cells[`${field}_${language}`] ?? '')
        : (stored?.[language] ?? cells[`${field}_${other}`] ?? '')
    return { ko: inLanguage('ko', 'en'), en: inLanguage('en', 'ko') }
  }

  #category(): string {
    const { taxonomy, category: otherwise, sheet } = this.#options
    const stored = this.#before?.content.category ?? otherwise ?? ''
    if (!this.#has('category')) return stored
    const cell = this.#first.cells.category ?? ''
    if (cell.trim() === '' && otherwise) return otherwise
    const found = taxonomy.category(cell)
    if ('slug' in found) return found.slug
    if (sheet.isForeign && otherwise) {
      this.#warn('category', `${found.problem}; it is put into ${otherwise}`)
      return otherwise
    }
    this.#error({ row: this.#first.row, column: 'category', message: cell.trim() ? found.problem : 'is empty' })
    return stored
  }

  /**
   * Brands must exist. Other shops fill the column for every product, often with their own name, so it only warns then.
   */
  #brand(): string | null {
    const stored = this.#before?.content.brand ?? null
    const cell = this.#first.cells.brand ?? ''
    if (!this.#has('brand')) return stored
    if (cell.trim() === '') return null
    const found = this.#options.taxonomy.brand(cell)
    if ('slug' in found) return found.slug
    if (this.#options.sheet.isForeign) this.#warn('brand', `${found.problem}; the brand is left as it is`)
    else this.#error({ row: this.#first.row, column: 'brand', message: found.problem })
    return stored
  }

  #warn(column: string, message: string, row = this.#first.row): void {
    this.#warnings.push({ row, column: this.#columns.get(column) ?? null, message })
  }

  #variants() {
    const stored = this.#before?.content.variants ?? []
    // Rows without SKUs describe only the product.
    const rows = this.#has('sku') ? this.#rows : []
    const skus = rows.map((row) => this.#sku(row))
    const unnamed = rows.length === 0 ? [] : stored.filter(({ sku }) => !this.#rowOf.has(sku))
    const kept = rows.length === 0 ? stored : this.#options.removeVariants ? [] : unnamed
    const { options, codes, numbers } = readOptions({
      rows: rows.length === 0 ? this.#rows.slice(0, 1) : rows,
      skus: rows.length === 0 ? [stored[0]?.sku ?? ''] : skus,
      has: this.#has,
      before: this.#before,
      kept,
      problem: this.#error,
    })
    const read = rows.map((row, place) => this.#variant(row, skus[place] ?? '', codes[place] ?? []))
    const others = kept.map((variant) => ({ ...variant, options: numbers.map((n) => variant.options[n - 1] ?? '') }))
    return { options, numbers, unnamed: unnamed.map(({ sku }) => sku), variants: inOrder(read, others, stored) }
  }

  #sku({ row, cells }: SheetRow): string {
    const written = (cells.sku ?? '').trim()
    const sku = skuOf(written)
    if (sku !== written.normalize('NFKC'))
      this.#warn('sku', `${written} is not possible in addresses, so it is ${sku}`, row)
    return sku
  }

  #variant({ cells }: SheetRow, sku: string, options: string[]): Draft['variants'][number] {
    const stored = this.#stored.get(sku)
    const price = this.#has('price') ? wonOf(cells.price ?? '') : (stored?.price ?? 0)
    const reduced = cells.compare_at_price?.trim() ? wonOf(cells.compare_at_price) : null
    // Without a reduction, other shops repeat the price or write zero.
    const compareAtPrice = this.#options.sheet.isForeign && reduced !== null && reduced <= price ? null : reduced
    return {
      sku,
      price,
      compareAtPrice: this.#has('compare_at_price') ? compareAtPrice : (stored?.compareAtPrice ?? null),
      currency: ((this.#has('currency') && cells.currency?.trim().toUpperCase()) || 'KRW') as 'KRW',
      options,
    }
  }

  #problemsOf(draft: Draft): Problem[] {
    const problems = Object.entries(validate(ImportedProduct, draft) ?? {}).map(([path, [message = '']]) => ({
      path,
      message,
    }))
    problems.push(...findProblems(tidy(draft)))
    if (draft.state === 'draft' && this.#before && this.#before.state !== 'draft') {
      problems.push({ path: 'state', message: 'was on sale or stopped already, so it cannot be a draft again' })
    }
    return problems
  }

  #stock(): ReadProduct['stock'] {
    const stock: ReadProduct['stock'] = new Map()
    for (const { row, cells } of this.#has('stock') ? this.#rows : []) {
      const cell = cells.stock?.trim()
      if (!cell) continue
      const onHand = piecesOf(cell)
      if (onHand <= MAX_STOCK) stock.set(skuOf(cells.sku ?? ''), { row, onHand })
      else this.#error({ row, column: 'stock', message: 'must be a whole number of pieces, 0 to 10,000,000' })
    }
    return stock
  }
}

/** The order of the file if it names all variants; otherwise stored variants keep their places, and new ones follow. */
function inOrder<T extends { sku: string }>(read: T[], kept: T[], stored: readonly { sku: string }[]): T[] {
  if (kept.length === 0) return read
  const places = new Map(stored.map(({ sku }, place) => [sku, place]))
  const place = ({ sku }: T) => places.get(sku) ?? stored.length
  return [...read, ...kept].sort((a, b) => place(a) - place(b))
}
