/** The interface of the CSV formats in which shops write their products. */
import type { Language } from '../contract.ts'
import type { Report, RowMessage } from './report.ts'

export interface SheetRow {
  /** Line of the file on which the row begins. */
  row: number
  /** Cells by Doran's column names. */
  cells: Readonly<Record<string, string>>
}

/** A row of the file. Keeps only the columns that are read, because a file may have hundreds of others. */
export class RawRow {
  /** Line of the file on which the row begins. */
  readonly row: number
  /** True when the row, and therefore its product, cannot be read. */
  readonly isBad: boolean
  readonly #cells: readonly string[]
  readonly #indexOf: ReadonlyMap<string, number>

  constructor(row: number, isBad: boolean, cells: readonly string[], indexOf: ReadonlyMap<string, number>) {
    this.row = row
    this.isBad = isBad
    this.#cells = cells
    this.#indexOf = indexOf
  }

  /** The cell of a column, by the format's name for it; empty without the column. */
  cell(column: string): string {
    return this.#cells[this.#indexOf.get(column) ?? -1] ?? ''
  }
}

/** The rows of a product in Doran's columns, with their messages. */
export interface Translation {
  rows: SheetRow[]
  errors?: RowMessage[]
  warnings?: RowMessage[]
}

export type RowGroup = [key: string, rows: RawRow[]]

/** A CSV format for products. */
export interface Format {
  /** Whether a file with these columns, in lower case, has this format. */
  recognises(names: ReadonlySet<string>): boolean
  /** The format's name for a column of the file. */
  nameOf(column: string): string
  /** Doran's columns that the file provides, each with the column from which it is derived. */
  columns(names: ReadonlySet<string>, language: Language): ReadonlyMap<string, string>
  /** Further columns that the format reads. */
  alsoRead: readonly string[]
  /** The rows of each product with its key. The key is empty when only the SKUs identify the product. */
  group(rows: readonly RawRow[], names: ReadonlySet<string>, report: Report): RowGroup[]
  /** Translates the rows of a product into Doran's columns, with texts in the file's language. */
  translate(group: RowGroup, language: Language): Translation
}
