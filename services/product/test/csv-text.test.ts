import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parse } from 'csv-parse/sync'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { escaped, unescaped } from '../import/formulas.ts'
import { type CsvRecord, RecordReader, separatorOf } from '../import/records.ts'

const hostile = fc.string({ unit: fc.constantFrom(...'\'"=+-@＝;,|\t\r\n a가'), maxLength: 12 })

function readAll(text: string, separator: string, pieceLength: number) {
  const reader = new RecordReader(separator)
  const records: CsvRecord[] = []
  let broken = false
  for (let from = 0; from < text.length; from += pieceLength) {
    const read = reader.read(text.slice(from, from + pieceLength))
    records.push(...read.records)
    broken ||= read.broken !== undefined
  }
  const last = reader.end()
  return { records: [...records, ...last.records], broken: broken || last.broken !== undefined }
}

describe('CSV text', () => {
  const table = fc.array(fc.array(hostile, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 })
  const options = fc.record({
    separator: fc.constantFrom(',', ';', '\t'),
    pieceLength: fc.integer({ min: 1, max: 40 }),
  })

  it('of another CSV library is read correctly in pieces of any length', () => {
    fc.assert(
      fc.property(table, options, (rows, { separator, pieceLength }) => {
        const text = stringify(rows, { delimiter: separator, quoted: true })

        const { records } = readAll(text, separator, pieceLength)

        const inOneForm = (cell: string) => cell.replace(/\r\n?/g, '\n')
        const meant = rows.filter((cells) => cells.some((cell) => cell.trim() !== ''))
        assert.deepEqual(
          records.map(({ values }) => values),
          meant.map((cells) => cells.map(inOneForm)),
        )
      }),
    )
  })

  it('is read with the line on which each record begins', () => {
    const text = '\na,"b\nc"\r\n\r\nd,e\rf,g\n'

    assert.deepEqual(
      readAll(text, ',', 3).records.map(({ row }) => row),
      [2, 5, 6],
    )
  })

  it('keeps quotes within a cell as text', () => {
    const { records } = readAll('15.6" "x","a" b,it\'s "so"\n', ',', 100)

    assert.deepEqual(records[0]?.values, ['15.6" "x"', '"a" b', 'it\'s "so"'])
  })

  it('breaks off at an unclosed quote and keeps the records before it', () => {
    const { records, broken } = readAll('a,b\nc,"d\ne,f\n', ',', 4)

    assert.deepEqual([records.length, broken], [1, true])
  })

  it('is split by the separator that is most frequent in its first line', () => {
    const lines = ['a,b;c,d', 'a;b;c,d', 'a\tb\tc', '"a,b,c";d', 'sep=|\na,b', 'alone']

    assert.deepEqual(
      lines.map((line) => separatorOf(line).separator),
      [',', ';', '\t', ';', '|', ','],
    )
  })

  it('runs no formula in a spreadsheet with any separator, and is read back unchanged', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (cells) => {
        const safe = cells.map(escaped)

        assert.deepEqual(safe.map(unescaped), cells)
        const line = stringify([safe])
        for (const delimiter of [',', ';', '\t']) {
          const taken = parse(line, {
            delimiter,
            relax_quotes: true,
            relax_column_count: true,
            skip_records_with_error: true,
          })
          assert.deepEqual(
            taken.flat().filter((cell) => /^[=+\-@＝]/.test(cell)),
            [],
          )
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
