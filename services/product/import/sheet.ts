/** From the bytes of a file to the rows of each product, in Doran's columns, whichever shop wrote it. */
import { setImmediate } from 'node:timers/promises'
import type { Context } from '@doran/kernel'
import { csvTooLarge } from '../errors.ts'
import { type Header, type HeaderOptions, type RawRow, readHeader, type SheetRow } from './format.ts'
import { own } from './own.ts'
import { type BrokenRecord, type CsvRecord, MAX_CELLS, RecordReader, separatorOf } from './records.ts'
import type { Report, RowMessage } from './report.ts'
import { readText } from './text.ts'

export const MAX_ROWS = 50_000
/** A product has 500 variants at most; other shops write further rows for its pictures. */
const MAX_ROWS_OF_PRODUCT = 1_000

export interface Sheet {
  /** The columns that the file has, by Doran's names, each with the name that the file gives it. */
  columns: ReadonlyMap<string, string>
  /** Whether another shop wrote it, whose brands and categories need not be known here. */
  isForeign: boolean
  products: ProductRows[]
}

/** The rows of one product; they need not follow one another in the file. */
export interface ProductRows {
  /** Empty while only the SKUs tell which product it is. */
  key: string
  rows: SheetRow[]
  /** What only the other products of the file could tell. */
  problems: RowMessage[]
}

/**
 * Reads a file, giving way to others after each piece. Raises `csv_not_utf8`, `csv_is_workbook`, `csv_header_invalid`,
 * `csv_too_large` and `deadline_exceeded`; what is wrong with single rows is reported, and their products are left out.
 */
export async function readSheet(
  bytes: Buffer,
  options: HeaderOptions,
  report: Report,
  deadline: Context['deadline'],
): Promise<Sheet> {
  const { header, rows } = await readRows(bytes, options, report, deadline)
  const { format, names, columns } = header
  const products: ProductRows[] = []
  for (const [index, group] of format.group(rows, names, report).entries()) {
    const [key, raw] = group
    if (raw.length > MAX_ROWS_OF_PRODUCT) {
      report.error({ row: raw[0]?.row ?? 1, column: null, message: 'begins a product of more than 1,000 rows' })
    } else if (!raw.some(({ bad }) => bad)) {
      const read = format.toRows(group, options.language, report)
      if (read.length > 0) products.push({ key, rows: read, problems: [] })
    }
    if (index % 500 === 499) await pause(deadline)
  }
  return { columns, isForeign: format !== own, products }
}

async function readRows(bytes: Buffer, options: HeaderOptions, report: Report, deadline: Context['deadline']) {
  let header: Header | undefined
  const rows: RawRow[] = []
  for await (const { records, broken } of recordsOf(bytes)) {
    for (const record of records) {
      if (header) rows.push(rawRow(record, header, report))
      else if (record.values.length > MAX_CELLS) throw csvTooLarge({ limit: MAX_CELLS, what: 'columns' })
      else header = readHeader(record.values, options, report)
      if (rows.length > MAX_ROWS) throw csvTooLarge({ limit: MAX_ROWS.toLocaleString('en'), what: 'rows' })
    }
    if (broken) report.error({ row: broken.row, column: null, message: broken.message })
    if (broken) break
    await pause(deadline)
  }
  return { header: header ?? readHeader([], options, report), rows }
}

async function* recordsOf(bytes: Buffer): AsyncGenerator<{ records: CsvRecord[]; broken?: BrokenRecord }> {
  let reader: RecordReader | undefined
  for await (const piece of readText(bytes)) {
    if (reader) yield reader.read(piece)
    else if (piece !== '') {
      const { separator, named } = separatorOf(piece)
      reader = new RecordReader(separator)
      const read = reader.read(piece)
      yield named ? { ...read, records: read.records.slice(1) } : read
    }
  }
  if (reader) yield reader.end()
}

/** Only the cells of columns that are read are kept: a file may have hundreds of others. */
function rawRow({ row, values }: CsvRecord, { width, places, indexOf }: Header, report: Report): RawRow {
  const bad = values.length < width || values.slice(width).some((cell) => cell.trim() !== '')
  if (bad) {
    report.error({ row, column: null, message: `has ${values.length} cells, but the header has ${width}` })
  }
  const kept = places.map((place) => values[place] ?? '')
  return { row, bad, cell: (column) => kept[indexOf.get(column) ?? -1] ?? '' }
}

async function pause(deadline: Context['deadline']): Promise<void> {
  deadline.check()
  await setImmediate()
}
