/** Reads a file's first line: recognises its format and finds the columns to read. */
import type { Language } from '../contract.ts'
import { csvHeaderInvalid } from '../errors.ts'
import type { Format } from './format.ts'
import { own } from './own.ts'
import type { Report } from './report.ts'
import { shopify } from './shopify.ts'
import { woocommerce } from './woocommerce.ts'

export interface HeaderOptions {
  ignoreUnknown: boolean
  language: Language
}

export interface Header {
  format: Format
  /** The format's names of the file's columns. */
  names: ReadonlySet<string>
  /** The file's names of the columns, by Doran's names. */
  columns: ReadonlyMap<string, string>
  /** The minimum number of cells in a row. */
  width: number
  /** Positions in a row of the columns that are read. */
  places: readonly number[]
  /** The index in `places` of each column, by the format's name. */
  indexOf: ReadonlyMap<string, number>
}

/** Raises `csv_header_invalid`. */
export function readHeader(values: readonly string[], options: HeaderOptions, report: Report): Header {
  // Spreadsheets write separators for cleared columns at the end.
  const width = values.findLastIndex((name) => name.trim() !== '') + 1
  const given = values.slice(0, width).map((name) => name.trim())
  const small = new Set(given.map((name) => name.toLowerCase()))
  const format = [shopify, woocommerce].find((other) => other.recognises(small)) ?? own
  const known = given.map((name) => format.nameOf(name.toLowerCase()))
  const names = new Set(known)

  const sources = format.columns(names, options.language)
  const read = new Set([...sources.values(), ...format.alsoRead])
  const present = [...read].filter((name) => names.has(name))
  const isIgnored = (name: string, place: number) => !read.has(name) || known.indexOf(name) !== place
  const unknown = given.filter((_, place) => isIgnored(known[place] as string, place))
  if (format === own) assertIdentified(names, options.ignoreUnknown ? [] : unknown)
  report.ignoredColumns.push(...unknown.slice(0, 50).map(shown))
  return {
    format,
    names,
    columns: new Map([...sources].map(([column, source]) => [column, given[known.indexOf(source)] ?? source])),
    width,
    places: present.map((name) => known.indexOf(name)),
    indexOf: new Map(present.map((name, index) => [name, index])),
  }
}

/**
 * The columns that a new product requires. A file that changes existing products needs only those that identify them.
 */
export const REQUIRED_COLUMNS = ['product_key', 'category', 'name_ko', 'name_en', 'sku', 'price']

function assertIdentified(names: ReadonlySet<string>, unknown: readonly string[]): void {
  if (unknown.length === 0 && own.recognises(names)) return
  const list = (columns: readonly string[]) => columns.slice(0, 20).map(shown).join(', ') || 'none'
  throw csvHeaderInvalid({
    missing: list(REQUIRED_COLUMNS.filter((column) => !names.has(column))),
    unknown: list(unknown),
  })
}

function shown(column: string): string {
  return column.slice(0, 50) || '(empty)'
}
