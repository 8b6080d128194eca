import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Context } from '@doran/kernel'
import { Deadline } from '@doran/kernel/platform'
import { importFile } from '../import/import-file.ts'
import { type Catalogue, startCatalogue } from './catalogue.ts'
import { anImporter, aRow, csv, type Importer } from './importing.ts'
import { reported } from './reported.ts'

const MIB = 1024 * 1024

describe('a hostile catalogue file', () => {
  let shop: Catalogue
  let importer: Importer
  before(async () => {
    shop = await startCatalogue()
    importer = await anImporter(shop)
  })
  after(() => shop.close())

  const head = 'product_key,category,name_ko,name_en,sku,price\n'

  /** How many turns the event loop took during the work. */
  async function turnsDuring(work: Promise<unknown>): Promise<number> {
    let turns = 0
    let done = false
    void work.finally(() => {
      done = true
    })
    for (; !done; turns++) await setImmediate()
    return turns
  }

  const refusals: [string, () => string, RegExp][] = [
    ['of more than 20,000 rows', () => head + `k1,x,${'n'.repeat(490)},,,\n`.repeat(20_500), /more than 20,000 rows/],
    ['of more than 400 columns', () => 'a,'.repeat(MIB), /more than 400 columns/],
  ]

  for (const [what, file, says] of refusals) {
    it(`${what} is refused without blocking the event loop`, async () => {
      const answer = importer.send(file())

      const turns = await turnsDuring(answer)

      const { status, body } = await answer
      assert.deepEqual([status, body.code], [422, 'csv_too_large'])
      assert.match(body.detail, says)
      assert.ok(turns >= 30, `${turns} turns`)
    })
  }

  it('full of errors gets a short answer that counts them all', async () => {
    const rows = 20_000
    const file = head + Array.from({ length: rows }, (_, index) => `k${index},x,,,,\n`).join('')

    const report = await importer.take(file)

    assert.deepEqual([report.errorCount, report.errors.length, report.created], [rows * 5, 200, 0])
    assert.ok(JSON.stringify(report).length < 64 * 1024)
  })

  it('with a product of thousands of rows has only its other products imported', async () => {
    const rows = Array.from({ length: 1_001 }, (_, index) => aRow('huge', { sku: `HUGE-${index}` }))

    const report = await importer.take(csv([...rows, aRow('beside-huge')]))

    assert.deepEqual(report.errors, [{ row: 2, column: null, message: 'begins a product of more than 1,000 rows' }])
    assert.deepEqual(await importer.keys(), ['beside-huge'])
  })

  it('with an endless cell or list is reported at the beginning of it', async () => {
    const file = csv([
      aRow('many-lines', {
        images: '/a.jpg\n'.repeat(10_000),
        attributes_ko: 'a: b\n'.repeat(10_000),
        attributes_en: '',
      }),
      aRow('no-end', { images: 'x'.repeat(100_001) }),
    ])

    const report = await importer.take(file)

    assert.deepEqual(
      new Map(report.errors.map(({ column, message }) => [column, message])),
      new Map([
        ['images', 'must be at most 20 pictures'],
        ['attributes_ko', 'must be at most 50 facts'],
        ['attributes_en', 'must be 1 to 80 characters, no colon'],
        [null, 'has a cell of more than 100,000 characters'],
      ]),
    )
  })

  it('close to its deadline is answered with the number of unreached products, and writes nothing', async () => {
    const options = { sellerId: importer.seller.id, dryRun: false, ignoreUnknown: false, removeVariants: false }
    const file = Buffer.from(csv([aRow('late-1'), aRow('late-2')]))
    const ctx = { db: shop.database('product'), deadline: Deadline.in(1_500) } as unknown as Context

    const report = await importFile(file, { ...options, language: 'ko', category: undefined }, ctx)

    assert.deepEqual(report.present(false), reported({ notReached: 2 }))
    assert.ok(!(await importer.keys()).includes('late-1'))
  })
})
