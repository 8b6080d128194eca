import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import inventoryService from '@doran/inventory'
import { inventory } from '@doran/inventory/contract'
import { newId } from '@doran/kernel'
import { product, productChanged } from '../contract.ts'
import { aProduct, type Catalogue, inSizes, startCatalogue } from './catalogue.ts'
import { anImporter, aRow, csv, type Importer } from './importing.ts'
import { reported } from './reported.ts'

describe('an import', () => {
  let shop: Catalogue
  let importer: Importer
  before(async () => {
    shop = await startCatalogue(inventoryService)
    importer = await anImporter(shop)
  })
  after(() => shop.close())

  const create = (key: string, prefix = key.toUpperCase()) =>
    shop.api(product, importer.seller).createProduct({ ...aProduct(inSizes(prefix)), key })
  const skusOf = async (key: string) => (await importer.read(key)).variants.map(({ sku }) => sku)
  const put = (sku: string, onHand: number) =>
    shop.client(inventory).loadStock({ items: [{ sku, sellerId: importer.seller.id, onHand }] })
  const onHand = async (...skus: string[]) =>
    (await shop.client(inventory).listStock({ skus })).map((stock) => stock.onHand)

  it('keeps variants that the file does not name, and reports them', async () => {
    await create('kept')

    const report = await importer.take(csv([{ product_key: 'kept', sku: 'KEPT-10', price: 30_000 }]))

    assert.deepEqual([report.updated, report.removed], [1, []])
    assert.deepEqual(
      report.warnings.map(({ row, column }) => [row, column]),
      [[2, 'sku']],
    )
    assert.match(report.warnings[0]?.message as string, /keeps KEPT-3, which the file does not name/)
    assert.deepEqual(await skusOf('kept'), ['KEPT-3', 'KEPT-10'])
  })

  it('does not confuse SKUs that a spreadsheet has shortened with other variants', async () => {
    await create('shortened', '0045')
    await put('0045-3', 10)
    const file = (await importer.export()).replaceAll('0045-', '45-')

    const report = await importer.take(file)

    const errors = report.errors.filter(({ message }) => message.includes('those of another variant'))
    assert.ok(errors.length > 0)
    assert.deepEqual(await skusOf('shortened'), ['0045-3', '0045-10'])
    assert.deepEqual(await onHand('0045-3'), [10])
  })

  it('removes variants on request, and names them', async () => {
    await create('removed')
    const row = { product_key: 'removed', sku: 'REMOVED-10', price: 35_000 }

    const report = await importer.take(csv([row]), 'removeVariants=true')

    assert.deepEqual(report, reported({ updated: 1, removed: [{ row: 2, sku: 'REMOVED-3' }] }))
    assert.deepEqual(await skusOf('removed'), ['REMOVED-10'])
  })

  it('never removes a variant that has stock or is reserved', async () => {
    await create('stocked')
    await create('reserved')
    await put('STOCKED-3', 4)
    await put('RESERVED-3', 2)
    await shop.client(inventory).reserve({ orderId: newId(), lines: [{ sku: 'RESERVED-3', quantity: 2 }] })
    const rows = ['stocked', 'reserved'].map((key) => ({ product_key: key, sku: `${key.toUpperCase()}-10`, price: 1 }))

    const report = await importer.take(csv(rows), 'removeVariants=true')

    assert.deepEqual(
      report.errors.map(({ row, column, message }) => [row, column, message]),
      [
        [
          2,
          'sku',
          'STOCKED-3, which the file no longer names, has 4 on hand and 0 reserved; set its stock to 0 before it goes',
        ],
        [
          3,
          'sku',
          'RESERVED-3, which the file no longer names, has 2 on hand and 2 reserved; set its stock to 0 before it goes',
        ],
      ],
    )
    assert.deepEqual([report.updated, report.removed], [0, []])
    assert.deepEqual(await skusOf('stocked'), ['STOCKED-3', 'STOCKED-10'])
  })

  it('sets the stock in the file, except for empty cells', async () => {
    await put('COUNTED-1', 3)
    const file = csv([
      aRow('counted-1', { stock: '' }),
      aRow('counted-2', { stock: '1,200' }),
      aRow('counted-3', { stock: 'many' }),
    ])

    const report = await importer.take(file)
    const again = await importer.take(file)

    assert.deepEqual([report.created, report.stockChanged, again.unchanged, again.stockChanged], [2, 1, 2, 0])
    assert.deepEqual(
      report.errors.map(({ row, column }) => [row, column]),
      [[4, 'stock']],
    )
    assert.deepEqual(await onHand('COUNTED-1', 'COUNTED-2', 'COUNTED-3'), [3, 1_200])
  })

  it('refuses a stock below the reserved quantity', async () => {
    await importer.take(csv([aRow('promised', { stock: 5 })]))
    await shop.client(inventory).reserve({ orderId: newId(), lines: [{ sku: 'PROMISED', quantity: 4 }] })

    const report = await importer.take(csv([{ sku: 'PROMISED', stock: 3 }]))

    assert.deepEqual(report.errors, [
      { row: 2, column: 'stock', message: 'is lower than the 4 that are reserved for orders' },
    ])
    assert.deepEqual(await onHand('PROMISED'), [5])
  })

  it('refuses one code for two values, and identifies values without codes by their names', async () => {
    const colours = (fields: object) => ({ option_1_name_ko: '색', option_1_name_en: 'Colour', ...fields })
    const file = csv([
      aRow(
        'one-code',
        colours({ sku: 'ONE-1', option_1_code: 'red', option_1_value_ko: '빨강', option_1_value_en: 'Red' }),
      ),
      aRow(
        'one-code',
        colours({ sku: 'ONE-2', option_1_code: 'red', option_1_value_ko: '파랑', option_1_value_en: 'Blue' }),
      ),
      aRow(
        'no-code',
        colours({ sku: 'NO-1', option_1_code: '', option_1_value_ko: '연빨강', option_1_value_en: 'Red (light)' }),
      ),
      aRow(
        'no-code',
        colours({ sku: 'NO-2', option_1_code: '', option_1_value_ko: '빨강/연', option_1_value_en: 'Red / light' }),
      ),
    ])

    const report = await importer.take(file)

    assert.equal(report.created, 1)
    assert.deepEqual(
      report.errors.map(({ row, column }) => [row, column]),
      [
        [3, 'option_1_value_ko'],
        [3, 'option_1_value_en'],
        [3, 'option_1_code'],
      ],
    )
    assert.match(report.errors[0]?.message as string, /is 파랑, but line 2 calls the same code red 빨강/)
    const { options } = await importer.read('no-code')
    assert.deepEqual(
      options[0]?.values.map(({ code, name }) => [code, name.ko]),
      [
        ['red-light', '연빨강'],
        ['red-light-2', '빨강/연'],
      ],
    )
    assert.deepEqual(
      (
        await importer.take(
          csv([
            { sku: 'NO-1', price: 1_000 },
            { sku: 'NO-2', price: 1_000 },
          ]),
        )
      ).unchanged,
      1,
    )
  })

  it('as a dry run reports the same and writes nothing', async () => {
    await create('tried')
    const file = csv([
      aRow('tried', { sku: 'TRIED-10', price: 30_000, stock: 7 }),
      aRow('tried-new', { sku: 'TRIED-NEW', stock: 3 }),
      aRow('tried-bad', { price: 'free' }),
    ])
    const before = [await importer.export(), (await shop.events(productChanged)).length]

    const tried = await importer.take(file, 'dryRun=true&removeVariants=true')

    assert.deepEqual([await importer.export(), (await shop.events(productChanged)).length], before)
    assert.deepEqual(await onHand('TRIED-NEW'), [])
    const taken = await importer.take(file, 'removeVariants=true')
    assert.deepEqual(tried, { ...taken, dryRun: true })
    assert.deepEqual([taken.created, taken.updated, taken.errorCount, taken.removedCount], [1, 1, 1, 1])
  })
})
