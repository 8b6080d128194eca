/** Reads the bytes of a file, in any supported format, into the rows of each product in Doran's columns. */
import { setImmediate } from 'node:timers/promises'
import type { Context } from '@doran/kernel'
import { csvTooLarge } from '../errors.ts'
import { skuOf } from './cells.ts'
import { RawRow, type Translation } from './format.ts'
import { type Header, type HeaderOptions, readHeader } from './header.ts'
import { own } from './own.ts'
import { type BrokenRecord, type CsvRecord, MAX_CELLS, RecordReader, separatorOf } from './records.ts'
import type { Report, RowMessage } from './report.ts'
import { readText } from './text.ts'

export const MAX_ROWS = 20_000
/** A product has at most 500 variants; other shops write further rows for its pictures. */
const MAX_ROWS_OF_PRODUCT = 1_000

export interface Sheet {
  /** The file's names of its columns, by Doran's names. */
  columns: ReadonlyMap<string, string>
  /** Whether the file has another shop's format. Its brands and categories need not exist here. */
  isForeign: boolean
  products: ProductRows[]
}

/** A product of the file. It is translated only when its turn comes, because translated rows need much more memory. */
export interface ProductRows {
  /** Empty while only the SKUs identify the product. */
  key: string
  /** The lines on which its rows begin, not necessarily consecutive, with the SKU of each. */
  lines: { row: number; sku: string }[]
  translate: () => Translation
  /** Problems that only a comparison with the file's other products reveals. */
  problems: RowMessage[]
}

/**
 * Reads a file, and yields to the event loop after each piece. Raises `csv_not_utf8`, `csv_is_workbook`,
 * `csv_header_invalid`, `csv_too_large` and `deadline_exceeded`. Reports errors of single rows and omits their
 * products.
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
    } else if (!raw.some(({ isBad }) => isBad)) {
      const translate = () => format.translate(group, options.language)
      const translation = translate()
      const lines = translation.rows.map(({ row, cells }) => ({ row, sku: skuOf(cells.sku ?? '') }))
      for (const error of translation.errors ?? []) report.error(error)
      if (lines.length > 0) products.push({ key, lines, translate, problems: [] })
    }
    if (index % 200 === 199) await pause(deadline)
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

function rawRow({ row, values }: CsvRecord, { width, places, indexOf }: Header, report: Report): RawRow {
  const isBad = values.length < width || values.slice(width).some((cell) => cell.trim() !== '')
  const message = `has ${values.length} cells, but the header has ${width}`
  if (isBad) report.error({ row, column: null, message })
  return new RawRow(
    row,
    isBad,
    places.map((place) => values[place] ?? ''),
    indexOf,
  )
}

async function pause(deadline: Context['deadline']): Promise<void> {
  deadline.check()
  await setImmediate()
}
