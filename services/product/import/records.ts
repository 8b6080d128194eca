/** Splits text into records: CSV as in RFC 4180, and as spreadsheets and shops really write it. */

/** The maximum number of cells in a record. A longer record is cut off after one further cell. */
export const MAX_CELLS = 400
/** The longest cell. A longer one is nearly always an unclosed quote. */
const MAX_CELL_CHARACTERS = 100_000

export interface CsvRecord {
  /** Line of the file on which the record begins; the first line is 1. */
  row: number
  values: string[]
}

/** The record at which the file stops being CSV. Nothing after its beginning can be read. */
export interface BrokenRecord {
  row: number
  message: string
}

const SEPARATORS = [',', ';', '\t']
const QUOTE = 34
const LF = 10
const CR = 13

/** The separator: named by a first line such as `sep=;`, or else the one that occurs most often in the first line. */
export function separatorOf(head: string): { separator: string; named: boolean } {
  const named = /^sep=(.)(?:\r|\n|$)/i.exec(head)?.[1]
  if (named) return { separator: named, named: true }
  const line = (/^\s*(.*)/.exec(head)?.[1] ?? '').replace(/"[^"]*"/g, '')
  const count = (separator: string) => line.split(separator).length
  const separator = SEPARATORS.reduce((best, next) => (count(next) > count(best) ? next : best))
  return { separator, named: false }
}

/**
 * Reads records from pieces of text. A quote opens a quoted cell only at its beginning; if other text follows the
 * closing quote, the quotes count as text. Records with only blank cells are skipped.
 */
export class RecordReader {
  readonly #separator: number
  #line = 1
  #row = 1
  #values: string[] = []
  #cell = ''
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start'
  #afterReturn = false
  #records: CsvRecord[] = []
  #isBroken = false

  constructor(separator: string) {
    this.#separator = separator.charCodeAt(0)
  }

  /** Returns the records that end in this piece, and the record that breaks the file, if any. */
  read(piece: string): { records: CsvRecord[]; broken?: BrokenRecord } {
    this.#records = []
    let from = 0
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at)
      if (this.#afterReturn) {
        this.#afterReturn = false
        if (code === LF) {
          from = at + 1
          continue
        }
      }
      if (this.#state === 'quoted') {
        if (code === QUOTE) {
          this.#cell += piece.slice(from, at)
          from = at + 1
          this.#state = 'closed'
        } else if (code === LF) this.#line++
        continue
      }
      if (this.#isBroken) break
      if (code === QUOTE && this.#state !== 'plain') {
        // Two quotes in a row are one quote of the text.
        if (this.#state === 'closed') this.#cell += '"'
        from = at + 1
        this.#state = 'quoted'
      } else if (code === this.#separator) {
        this.#endCell(piece.slice(from, at))
        from = at + 1
      } else if (code === LF || code === CR) {
        this.#endCell(piece.slice(from, at))
        this.#endRecord()
        this.#afterReturn = code === CR
        from = at + 1
      } else if (this.#state === 'closed') {
        this.#cell = `"${this.#cell}"`
        from = at
        this.#state = 'plain'
      } else this.#state = 'plain'
    }
    if (!this.#isBroken) this.#cell += piece.slice(from)
    if (!this.#isBroken && this.#cell.length <= MAX_CELL_CHARACTERS) return { records: this.#records }
    const hint = this.#state === 'quoted' ? '; perhaps it opens a quote that nothing closes' : ''
    return {
      records: this.#records,
      broken: { row: this.#row, message: `has a cell of more than 100,000 characters${hint}` },
    }
  }

  /** Returns the record after the last line break. */
  end(): { records: CsvRecord[]; broken?: BrokenRecord } {
    this.#records = []
    if (this.#state === 'quoted')
      return { records: [], broken: { row: this.#row, message: 'opens a quote that nothing closes' } }
    this.#endCell('')
    this.#endRecord()
    return { records: this.#records }
  }

  #endCell(text: string): void {
    const cell = this.#cell + text
    this.#isBroken ||= cell.length > MAX_CELL_CHARACTERS
    if (this.#values.length <= MAX_CELLS) this.#values.push(cell.includes('\r') ? cell.replace(/\r\n?/g, '\n') : cell)
    this.#cell = ''
    this.#state = 'start'
  }

  #endRecord(): void {
    if (!this.#isBroken && this.#values.some((cell) => cell.trim() !== ''))
      this.#records.push({ row: this.#row, values: this.#values })
    this.#values = []
    this.#line++
    if (!this.#isBroken) this.#row = this.#line
  }
}
