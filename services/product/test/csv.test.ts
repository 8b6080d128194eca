import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import type { TestUser } from '@doran/kernel/testing'
import { stringify } from 'csv-stringify/sync'
import { type ImportReport, product, productListed, variantsListed } from '../contract.ts'
import { COLUMNS } from '../import/columns.ts'
import { aProduct, type Catalogue, inSizes, startCatalogue } from './catalogue.ts'
import { reported } from './reported.ts'

type Row = Record<string, string | number>

describe('products as CSV', () => {
  let shop: Catalogue
  before(async () => {
    shop = await startCatalogue()
  })
  after(() => shop.close())

  const csv = (rows: Row[], columns = [...new Set(rows.flatMap(Object.keys))]) =>
    stringify(rows, { header: true, columns })
  const send = (body: string, as: TestUser = shop.seller) =>
    shop.request('POST', '/api/products/import', { as, body, headers: { 'content-type': 'text/csv; charset=utf-8' } })
  async function take(body: string, as?: TestUser): Promise<ImportReport> {
    const { status, body: report } = await send(body, as)
    assert.equal(status, 200, JSON.stringify(report))
    return report
  }
  const fetchExport = async (as: TestUser) => (await shop.request('GET', '/api/products/export', { as })).body as string
  const own = async (as: TestUser) => (await shop.api(product, as).listSellerProducts({ limit: 100 })).items
  const row = (key: string, fields: Row = {}): Row => ({
    product_key: key,
    category: 'rice',
    name_ko: '쌀',
    name_en: 'Rice',
    sku: key.toUpperCase(),
    price: 1_000,
    ...fields,
  })

  async function newSeller(): Promise<TestUser> {
    const user = await shop.user(['seller'])
    await shop
      .client(product)
      .upsertSeller({ id: user.id, slug: `shop-${user.id}`, name: { ko: '새 가게', en: 'New shop' } })
    return user
  }

  it('are imported completely from a third-party catalogue, and a second import changes nothing', async () => {
    const seller = await newSeller()
    const source = JSON.parse(
      await readFile(new URL('./fixtures/dummyjson-products.json', import.meta.url), 'utf8'),
    ) as DummyProduct[]
    const slug = (text: string) =>
      text
        .toLowerCase()
        .normalize('NFKD')
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '')
    const named = (texts: string[]) =>
      [...new Set(texts)].map((text) => ({ slug: slug(text), name: { ko: text, en: text } }))
    await shop.client(product).loadCatalogue({
      categories: named(source.map(({ category }) => category)).map((category) => ({
        ...category,
        parent: null,
        position: 9,
      })),
      brands: named(source.flatMap(({ brand }) => brand ?? [])),
    })
    const file = csv(
      source.map((item) => ({
        product_key: item.id,
        state: 'on-sale',
        category: slug(item.category),
        brand: slug(item.brand ?? ''),
        name_ko: item.title,
        name_en: item.title,
        description_ko: item.description,
        description_en: item.description,
        images: item.images.join('\n'),
        sku: item.sku,
        price: Math.round(item.price * 140) * 10,
      })),
    )

    const first = await take(file, seller)
    const second = await take(file, seller)

    assert.deepEqual(first, reported({ created: 194 }))
    assert.deepEqual(second, reported({ unchanged: 194 }))
    const mascara = (await shop.api(product).listProducts({ q: 'essence mascara', seller: seller.id, limit: 10 })).items
    assert.deepEqual(
      mascara.map(({ name, priceFrom, brand }) => [name.en, priceFrom, brand?.slug]),
      [['Essence Mascara Lash Princess', 13_990, 'essence']],
    )
    const beauty = await shop.api(product).listProducts({ category: 'beauty', seller: seller.id, limit: 100 })
    assert.equal(beauty.items.length, source.filter(({ category }) => category === 'beauty').length)
    assert.equal((await shop.events(productListed)).filter((news) => news.seller.id === seller.id).length, 194)
    assert.equal((await shop.events(variantsListed)).filter((news) => news.sellerId === seller.id).length, 194)
    assert.deepEqual(await take(await fetchExport(seller), seller), reported({ unchanged: 194 }))
  })

  it('stay unchanged when an export with any texts is imported again', async () => {
    const seller = await newSeller()
    const api = shop.api(product, seller)
    const tricky = ['=1+1', "'=x", '+82 10', '-5%', '@here', 'a,b;"c"', '＝合計', "'plain", '가나다 "라"', '"']
    for (const [index, text] of tricky.entries()) {
      await api.createProduct({
        ...aProduct(inSizes(`TRICKY-${index}`)),
        key: text,
        state: index % 2 ? 'on-sale' : 'draft',
        brand: index % 2 ? 'haru' : null,
        name: { ko: text, en: `${text} en` },
        description: { ko: `${text}\n\n두 번째 "줄", 쉼표\r\n끝`, en: '' },
        attributes: [
          { name: { ko: '원산지', en: 'Origin' }, value: { ko: `${text}: 이천`, en: 'Icheon' } },
          { name: { ko: '무게', en: 'Weight' }, value: { ko: '3kg', en: '3 kg' } },
        ],
        images: [
          { url: 'https://example.com/a.jpg?x=1,2', alt: { ko: text, en: '' } },
          { url: '/b.jpg', alt: { ko: '', en: '' } },
        ],
      })
    }
    // The rows have the values in another order than the option.
    const { options, variants } = inSizes('ORDER')
    await api.createProduct({ ...aProduct({ options, variants: variants.toReversed() }) })
    const before = await own(seller)

    const file = await fetchExport(seller)
    const report = await take(file, seller)

    assert.deepEqual(report, reported({ unchanged: tricky.length + 1 }))
    assert.deepEqual(await own(seller), before)
    assert.ok(file.startsWith(`\ufeff${COLUMNS.join(',')}\r\n`))
    assert.deepEqual(await take(file.replaceAll('\r\n', '\n'), seller), report)
    const cells = file.split(/\r\n|,|\n/).map((cell) => cell.replace(/^"/, ''))
    assert.deepEqual(
      cells.filter((cell) => /^[=+\-@]/.test(cell)),
      [],
    )
  })

  it('are read correctly from a file with a byte order mark, CRLF, quotes, line breaks and Korean', async () => {
    const file =
      '\ufeffproduct_key,category,name_ko,name_en,description_ko,sku,price,option_1_name_ko,option_1_name_en,option_1_value_ko,option_1_value_en\r\n' +
      'odd,rice,"쌀, ""으뜸""",Rice,"첫 줄\r\n둘째 줄",ODD-S,"1,200",크기,Size,작게,Small\r\n' +
      '\r\n' +
      'odd,,,,,ODD-L,3000,,,크게,Extra Large\r\n'

    assert.deepEqual(await take(file), reported({ created: 1 }))

    const [item] = (await own(shop.seller)).filter(({ key }) => key === 'odd')
    const read = await shop.api(product, shop.seller).getProduct({ productId: item?.id as string })
    assert.deepEqual([read.name.ko, read.description.ko, read.state], ['쌀, "으뜸"', '첫 줄\n둘째 줄', 'draft'])
    assert.deepEqual(
      read.options[0]?.values.map(({ code, name }) => [code, name.ko]),
      [
        ['small', '작게'],
        ['extra-large', '크게'],
      ],
    )
    assert.deepEqual(
      read.variants.map(({ sku, price, options }) => [sku, price, ...options]),
      [
        ['ODD-S', 1_200, 'small'],
        ['ODD-L', 3_000, 'extra-large'],
      ],
    )
  })

  it('are imported from good rows, and bad rows are reported with line and column', async () => {
    await shop.api(product, shop.rival).createProduct(aProduct({ variants: [{ sku: 'RIVALS', price: 1 }] }))
    const file = csv([
      row('good-1', { description_ko: 'one\ntwo\nthree' }),
      row('bad-price', { price: '12.50' }),
      row('bad-sku', { sku: 'no+good' }),
      row('bad-category', { category: 'nowhere' }),
      row('bad-brand', { brand: 'nobody' }),
      row('bad-name', { name_en: '' }),
      row('bad-owner', { sku: 'RIVALS' }),
      row('bad-state', { state: 'gone' }),
      row('twice-a', { sku: 'SHARED' }),
      row('twice-b', { sku: 'SHARED' }),
      row('split', { sku: 'SPLIT-1' }),
      row('', { sku: 'NO-KEY' }),
      row('split', { sku: 'SPLIT-2', name_ko: '다른 이름' }),
      row('good-2'),
    ])

    const report = await take(`${file}short,row\n`)

    assert.deepEqual([report.created, report.updated, report.unchanged], [2, 0, 0])
    assert.deepEqual(
      report.errors.map(({ row, column }) => [row, column]),
      [
        [5, 'price'],
        [6, 'sku'],
        [7, 'category'],
        [8, 'brand'],
        [9, 'name_en'],
        [10, 'sku'],
        [11, 'state'],
        [12, 'sku'],
        [13, 'sku'],
        [15, 'product_key'],
        [16, 'name_ko'],
        [16, 'sku'],
        [18, null],
      ],
    )
    const keys = (await own(shop.seller)).map(({ key }) => key)
    assert.deepEqual(keys.filter((key) => /^(good|bad|twice|split)/.test(key)).sort(), ['good-1', 'good-2'])
  })

  it('are imported up to an unclosed quote', async () => {
    const report = await take(
      `${csv([row('open-1')])}open-2,rice,"쌀,Rice,OPEN-2,1000\nopen-3,rice,쌀,Rice,OPEN-3,1000\n`,
    )

    assert.deepEqual([report.created, report.errors.map(({ row }) => row)], [1, [3]])
  })

  it('change only in the columns that a file has', async () => {
    const description = { ko: '설명', en: 'Text' }
    const created = await shop
      .api(product, shop.seller)
      .createProduct({ ...aProduct(), key: 'partial', brand: 'haru', description })
    const sku = created.variants[0]?.sku as string

    const report = await take(csv([row('partial', { sku, price: 2_500 })]))

    assert.deepEqual(report, reported({ updated: 1 }))
    const { brand, state, variants, version, ...read } = await shop
      .api(product, shop.admin)
      .getProduct({ productId: created.id })
    assert.deepEqual([brand?.slug, state, variants[0]?.price, version], ['haru', 'on-sale', 2_500, 2])
    assert.deepEqual(read.description, description)
  })

  it('are created once by three concurrent imports of one file', async () => {
    const seller = await newSeller()
    const file = csv(Array.from({ length: 30 }, (_, index) => row(`same-${index}`)))

    const reports = await Promise.all([take(file, seller), take(file, seller), take(file, seller)])

    assert.ok(reports.every(({ created, unchanged, errors }) => created + unchanged === 30 && errors.length === 0))
    assert.equal(
      reports.reduce((sum, { created }) => sum + created, 0),
      30,
    )
    assert.equal((await own(seller)).length, 30)
    assert.deepEqual(await take(file, seller), reported({ unchanged: 30 }))
  })

  it('are imported once per idempotency key, and a repetition gets the same answer', async () => {
    const headers = { 'content-type': 'text/csv', 'idempotency-key': 'import-1' }
    const attempt = () =>
      shop.request('POST', '/api/products/import', { as: shop.seller, body: csv([row('keyed')]), headers })

    const answers = [await attempt(), await attempt()]

    assert.deepEqual(
      answers.map(({ body }) => body.created),
      [1, 1],
    )
  })

  it('are refused with a header of missing or unknown columns, which the error names', async () => {
    const refused = await send('product_key,categori,name_ko,name_en,sku\n')

    assert.deepEqual([refused.status, refused.body.code], [422, 'csv_header_invalid'])
    assert.match(refused.body.detail, /Missing: category, price\. Not known: categori\./)
    assert.equal((await send('')).status, 422)
  })

  it('are refused in an unknown encoding', async () => {
    const refused = await shop.http.inject({
      method: 'POST',
      url: '/api/products/import',
      headers: { authorization: `Bearer ${shop.seller.token}`, 'content-type': 'text/csv' },
      payload: Buffer.concat([Buffer.from(csv([row('korean')])), Buffer.from([0xbd, 0xd2])]),
    })

    assert.deepEqual([refused.statusCode, refused.json().code], [422, 'csv_not_utf8'])
  })

  it('are imported only for sellers with a shop, as CSV, up to ten megabytes', async () => {
    const file = csv([row('refused')])
    const codes = [
      (await send(file, await shop.user())).body.code,
      (await send(file, await shop.user(['seller']))).body.code,
      (await shop.request('POST', '/api/products/import', { as: shop.seller, body: { a: 1 } })).body.code,
      (await send('x'.repeat(10 * 1024 * 1024 + 1))).body.code,
      (await shop.request('GET', `/api/products/export?sellerId=${shop.rival.id}`, { as: shop.seller })).body.code,
    ]

    assert.deepEqual(codes, [
      'forbidden',
      'seller_unknown',
      'unsupported_media_type',
      'body_too_large',
      'shop_not_yours',
    ])
  })
})

interface DummyProduct {
  id: number
  title: string
  description: string
  category: string
  price: number
  brand?: string
  sku: string
  images: string[]
}
