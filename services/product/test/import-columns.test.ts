import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { product } from '../contract.ts'
import { COLUMNS, VARIANT_COLUMNS } from '../import/columns.ts'
import { aProduct, type Catalogue, inSizes, startCatalogue } from './catalogue.ts'
import { anImporter, aRow, type Cells, csv, type Importer } from './importing.ts'
import { reported } from './reported.ts'

describe('a missing column of a file', () => {
  let shop: Catalogue
  let importer: Importer
  before(async () => {
    shop = await startCatalogue()
    importer = await anImporter(shop)
    const api = shop.api(product, importer.seller)
    const rich = {
      brand: 'haru',
      description: { ko: '설명', en: 'Text' },
      attributes: [
        { name: { ko: '원산지', en: 'Origin' }, value: { ko: '이천', en: 'Icheon' } },
        { name: { ko: '무게', en: 'Weight' }, value: { ko: '3kg', en: '3 kg' } },
      ],
      images: [
        { url: '/a.jpg', alt: { ko: '앞', en: 'Front' } },
        { url: '/b.jpg', alt: { ko: '뒤', en: '' } },
      ],
    }
    await api.createProduct({ ...aProduct(inSizes('RICH')), ...rich, key: 'rich' })
    await api.createProduct({ ...aProduct(), ...rich, key: 'single', state: 'draft' })
    await api.createProduct({
      ...aProduct({ variants: [{ sku: 'reduced_1.a', price: 1_000, compareAtPrice: 2_000 }] }),
      key: 'reduced',
    })
  })
  after(() => shop.close())

  const rowsOf = (file: string) => parse(file, { bom: true, columns: true }) as Cells[]
  /** Whether the columns still identify products and variants. */
  const isIdentified = (columns: readonly string[]) =>
    columns.includes('sku') ||
    (columns.includes('product_key') && !columns.some((column) => VARIANT_COLUMNS.includes(column)))

  async function assertUnchangedBy(columns: readonly string[]) {
    const before = await importer.export()

    const { status, body } = await importer.send(csv(rowsOf(before), [...columns]))

    if (isIdentified(columns)) assert.deepEqual({ status, ...body }, { status: 200, ...reported({ unchanged: 3 }) })
    else assert.deepEqual([status, body.code], [422, 'csv_header_invalid'])
    assert.equal(await importer.export(), before)
  }

  it('leaves its stored values unchanged', async () => {
    for (const column of COLUMNS) await assertUnchangedBy(COLUMNS.filter((other) => other !== column))
  })

  it('leaves its stored values unchanged when any other columns are missing, too', async () => {
    await fc.assert(fc.asyncProperty(fc.subarray(COLUMNS, { minLength: 1 }), assertUnchangedBy), {
      numRuns: 60,
      seed: 7,
    })
  })

  it('leaves its stored values unchanged while another column changes', async () => {
    const changes: Cells = {
      price: 999,
      description_en: 'Other',
      name_ko: '다른 이름',
      brand: '',
      option_1_name_en: 'Volume',
    }
    const withChange = fc.record({
      columns: fc.subarray(COLUMNS),
      changed: fc.constantFrom(...Object.keys(changes)),
    })

    await fc.assert(
      fc.asyncProperty(withChange, async ({ columns, changed }) => {
        const before = rowsOf(await importer.export())
        const expected = before.map((row) => {
          const isOption = changed.startsWith('option') && row[changed] === ''
          return isOption ? row : { ...row, [changed]: changes[changed] as string }
        })

        await importer.take(csv(expected, [...new Set(['product_key', 'sku', changed, ...columns])]))

        const asText = (row: Cells) =>
          Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, String(cell)]))
        assert.deepEqual(rowsOf(await importer.export()), expected.map(asText))
        await importer.take(csv(before))
      }),
      { numRuns: 25, seed: 7 },
    )
  })

  it('is named by the error of a new product or variant that requires it', async () => {
    const report = await importer.take(csv([{ sku: 'NEW-1' }, { sku: 'NEW-2' }]))
    const variant = await importer.take(csv([{ product_key: 'rich', sku: 'RICH-20', price: 60_000 }]))

    assert.deepEqual(report.errors, [
      { row: 2, column: null, message: 'begins a new product, for which the file lacks category, name_ko, price' },
      { row: 3, column: null, message: 'begins a new product, for which the file lacks category, name_ko, price' },
    ])
    assert.deepEqual(
      variant.errors.map(({ row, column, message }) => [row, column, message]),
      [[2, 'sku', 'is a new variant; the file has no column that says which Size it has']],
    )
  })

  it('is filled from the other language for a new product with a text in one language', async () => {
    const { name_en: _, ...korean } = aRow('one-language', { description_ko: '설명' })

    assert.deepEqual(await importer.take(csv([korean])), reported({ created: 1 }))

    const { name, description } = await importer.read('one-language')
    assert.deepEqual(
      [name, description],
      [
        { ko: '쌀', en: '쌀' },
        { ko: '설명', en: '설명' },
      ],
    )
  })

  it('may be any but SKU and price, as in a price list', async () => {
    const list = csv([
      { sku: 'RICH-10', price: '33,000원' },
      { sku: 'reduced_1.a', price: '₩900' },
    ])

    const report = await importer.take(list)

    assert.deepEqual([report.updated, report.errors], [2, []])
    const [rich, reduced] = [await importer.read('rich'), await importer.read('reduced')]
    assert.deepEqual(
      [...rich.variants, ...reduced.variants].map(({ price, compareAtPrice }) => [price, compareAtPrice]),
      [
        [12_900, null],
        [33_000, 39_000],
        [900, 2_000],
      ],
    )
  })
})
