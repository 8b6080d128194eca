import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import iconv from 'iconv-lite'
import { type Catalogue, startCatalogue } from './catalogue.ts'
import { anImporter, aRow, type Cells, csv, type Importer } from './importing.ts'
import { reported } from './reported.ts'

describe('a catalogue file', () => {
  let shop: Catalogue
  let importer: Importer
  before(async () => {
    shop = await startCatalogue()
    importer = await anImporter(shop)
  })
  after(() => shop.close())

  const apart = (separator: string) => (text: string) =>
    text.replaceAll(',', separator).replace(`Tom yam${separator}`, 'Tom yam,')

  const forms: [string, (text: string) => string | Buffer][] = [
    ['separated by semicolons', apart(';')],
    ['separated by tabs', apart('\t')],
    ['with a line that names its separator', (text) => `sep=|\r\n${apart('|')(text)}`],
    ['with one byte order mark of UTF-8', (text) => `\ufeff${text}`],
    ['with two byte order marks of UTF-8', (text) => `\ufeff\ufeff${text}`],
    ['in UTF-16 with a byte order mark', (text) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['in UTF-16 without a byte order mark', (text) => Buffer.from(text, 'utf16le')],
    ['in big-endian UTF-16', (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['in CP949', (text) => iconv.encode(text, 'cp949')],
    ['in decomposed Hangul', (text) => text.normalize('NFD')],
    ['with carriage returns for line breaks', (text) => text.replaceAll('\n', '\r')],
    ['with empty columns behind the last', (text) => text.replaceAll('\n', ',,,\n')],
    [
      'with column names in capitals and separated by spaces',
      (text) => text.replace(/^.*\n/, (head) => head.replaceAll('_', ' ').toUpperCase()),
    ],
  ]

  for (const [index, [what, form]] of forms.entries()) {
    it(`${what} is read correctly`, async () => {
      // 똠 is in CP949, and not in the older EUC-KR.
      const name = { ko: '똠얌 쌀국수', en: 'Tom yam, "hot"' }
      const file = form(csv([aRow(`form-${index}`, { name_ko: name.ko, name_en: name.en })]))

      assert.deepEqual(await importer.take(file), reported({ created: 1 }))

      assert.deepEqual((await importer.read(`form-${index}`)).name, name)
    })
  }

  const refusals: [string, string | Buffer, string][] = [
    ['an Excel workbook', Buffer.from('504b030414000600', 'hex'), 'csv_is_workbook'],
    ['an old Excel workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'csv_is_workbook'],
    ['a picture', Buffer.from('ffd8ffe000104a46494600010100000100010000ffdb', 'hex'), 'csv_not_utf8'],
    ['a text with a NUL', 'sku,price\nA\u0000,1\n', 'csv_not_utf8'],
    ['a file without products or SKUs', 'price\n1\n', 'csv_header_invalid'],
    ['variants without SKUs', 'product_key,price\nform,1\n', 'csv_header_invalid'],
  ]

  for (const [what, file, code] of refusals) {
    it(`that is ${what} is refused with ${code}`, async () => {
      const { status, body } = await importer.send(file)

      assert.deepEqual([status, body.code], [422, code])
    })
  }

  it('may have unknown columns when the request ignores them', async () => {
    const file = csv([aRow('extra', { 비고: '메모', Stock_Place: 'A-3' })])

    const refused = await importer.send(file)
    const report = await importer.take(file, 'ignoreUnknown=true')

    assert.match(refused.body.detail, /Not known: 비고, Stock_Place\./)
    assert.deepEqual(report, reported({ created: 1, ignoredColumns: ['비고', 'Stock_Place'] }))
  })

  it('may have prices as people write them, if they can be read without loss', async () => {
    const written = [
      '12000',
      '12,000',
      '₩12,000',
      '￦12000',
      '12000원',
      '１２，０００',
      'KRW 12000',
      '12000.00',
      ' 12,000.0 ',
    ]
    const refused = ['12000.50', '12.000', '1.2E+4', '-1', '', '12,00', 'free', '$12', '1,0000']
    const file = csv([...written, ...refused].map((price, index) => aRow(`price-${index}`, { price })))

    const report = await importer.take(file)

    assert.equal(report.created, written.length)
    assert.deepEqual(
      report.errors.map(({ row, column }) => [row, column]),
      refused.map((_, index) => [written.length + index + 2, 'price']),
    )
    const prices = await Promise.all(
      written.map(async (_, index) => (await importer.read(`price-${index}`)).variants[0]?.price),
    )
    assert.deepEqual(
      prices,
      written.map(() => 12_000),
    )
  })

  it('may have SKUs as other shops write them', async () => {
    const skus = ['small_letters.v2', '7', 'with/slash', 'full－width']

    const report = await importer.take(csv(skus.map((sku, index) => aRow(`sku-${index}`, { sku }))))

    assert.deepEqual([report.created, report.errors], [4, []])
    assert.deepEqual(report.warnings, [
      { row: 4, column: 'sku', message: 'with/slash is not possible in addresses, so it is with-slash' },
    ])
    const stored = await Promise.all(
      skus.map(async (_, index) => (await importer.read(`sku-${index}`)).variants[0]?.sku),
    )
    assert.deepEqual(stored, ['small_letters.v2', '7', 'with-slash', 'full-width'])
  })

  it('may name categories and brands by slug, by name in either language, or by path', async () => {
    const named: Cells[] = [
      { category: '쌀', brand: '하루' },
      { category: 'RICE', brand: 'Haru' },
      { category: '곡물 > 쌀', brand: 'haru' },
      { category: 'Food > Grain > Rice', brand: '' },
    ]
    const file = csv([
      ...named.map((fields, index) => aRow(`named-${index}`, fields)),
      aRow('unnamed-1', { category: '과자·쌀' }),
      aRow('unnamed-2', { brand: '없음' }),
    ])

    const report = await importer.take(file)

    assert.equal(report.created, named.length)
    assert.deepEqual(report.errors, [
      {
        row: 6,
        column: 'category',
        message: 'there is no category 과자·쌀; GET /api/categories lists them by slug and name',
      },
      { row: 7, column: 'brand', message: 'there is no brand 없음; GET /api/brands lists them by slug and name' },
    ])
    assert.deepEqual(
      await Promise.all(named.map(async (_, index) => (await importer.read(`named-${index}`)).category)),
      ['rice', 'rice', 'rice', 'rice'],
    )
  })

  it('gets all of its errors at once, with its own column names', async () => {
    const file = csv([
      {
        'Product Key': 'all-wrong',
        Category: 'nowhere',
        Name_KO: '',
        name_en: 'x'.repeat(201),
        SKU: 'a b?',
        Price: 'free',
        images: Array.from({ length: 30 }, () => 'not an address').join('\n'),
        option_1_value_ko: '크게',
      },
    ])

    const { errors } = await importer.take(file)

    const columns = errors.map(({ column }) => column)
    assert.deepEqual(columns.toSorted(), [
      'Category',
      'Name_KO',
      'Price',
      'SKU',
      'images',
      'name_en',
      'option_1_value_ko',
    ])
    assert.ok(
      errors.every(({ message }) => !message.includes('NOT')),
      JSON.stringify(errors),
    )
  })
})
