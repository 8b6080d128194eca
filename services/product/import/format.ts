/** What the forms have in common in which shops write their products. */
import type { Language } from '../contract.ts'
import type { Report, RowMessage } from './report.ts'

export interface SheetRow {
  /** Line of the file on which the row begins. */
  row: number
  /** By Doran's names of the columns. */
  cells: Readonly<Record<string, string>>
}

/** A row as the file has it; only the cells of columns that are read are kept, for a file may have hundreds of others. */
export class RawRow {
  /** Line of the file on which the row begins. */
  readonly row: number
  /** Whether it cannot be read at all, and with it its product. */
  readonly isBad: boolean
  readonly #cells: readonly string[]
  readonly #indexOf: ReadonlyMap<string, number>

  constructor(row: number, isBad: boolean, cells: readonly string[], indexOf: ReadonlyMap<string, number>) {
    this.row = row
    this.isBad = isBad
    this.#cells = cells
    this.#indexOf = indexOf
  }

  /** The cell of a column by the name that the format knows it by; empty without the column. */
  cell(column: string): string {
    return this.#cells[this.#indexOf.get(column) ?? -1] ?? ''
  }
}

/** The rows of a product in Doran's columns, and what there is to say of them. */
export interface Translation {
  rows: SheetRow[]
  errors?: RowMessage[]
  warnings?: RowMessage[]
}

export type RowGroup = [key: string, rows: RawRow[]]

/** How a shop writes its products. */
export interface Format {
  /** Whether a file with these columns, in small letters, is of this form. */
  recognises(names: ReadonlySet<string>): boolean
  /** How the format knows a column that the file calls so. */
  nameOf(column: string): string
  /** Doran's columns that can be made of the file's, each with the file's that it is made of. */
  columns(names: ReadonlySet<string>, language: Language): ReadonlyMap<string, string>
  /** Columns that are read beside those. */
  alsoRead: readonly string[]
  /** The rows of each product with the product's key; empty where only SKUs tell. */
  group(rows: readonly RawRow[], names: ReadonlySet<string>, report: Report): RowGroup[]
  /** With texts in the language that the file is in. */
  translate(group: RowGroup, language: Language): Translation
}
