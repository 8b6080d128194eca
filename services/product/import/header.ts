/** What a file's first line tells: which shop wrote it, and which of its columns are read. */
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
  /** As the format knows them, and what the file calls them. */
  names: ReadonlySet<string>
  columns: ReadonlyMap<string, string>
  /** Cells that a row has at least. */
  width: number
  /** Where in a row the columns stand that are read, and where among those each one is. */
  places: readonly number[]
  indexOf: ReadonlyMap<string, number>
}

/** Raises `csv_header_invalid`. */
export function readHeader(values: readonly string[], options: HeaderOptions, report: Report): Header {
  // Spreadsheets write separators for columns that were cleared.
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

/** What a new product needs. Whoever changes known ones may leave out all but what tells them apart. */
export const NEEDED = ['product_key', 'category', 'name_ko', 'name_en', 'sku', 'price']

function assertIdentified(names: ReadonlySet<string>, unknown: readonly string[]): void {
  if (unknown.length === 0 && own.recognises(names)) return
  const list = (columns: readonly string[]) => columns.slice(0, 20).map(shown).join(', ') || 'none'
  throw csvHeaderInvalid({ missing: list(NEEDED.filter((column) => !names.has(column))), unknown: list(unknown) })
}

function shown(column: string): string {
  return column.slice(0, 50) || '(empty)'
}
