import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { product } from '../contract.ts'
import { renewOutdatedSearchTexts } from '../listings.ts'
import { aProduct, type Catalogue, soon, startCatalogue } from './catalogue.ts'

describe('names', () => {
  let shop: Catalogue
  before(async () => {
    shop = await startCatalogue()
  })
  after(() => shop.close())

  const api = () => shop.api(product)
  const create = (ko: string, en: string, fields: Parameters<typeof aProduct>[0] = {}) =>
    shop.api(product, shop.seller).createProduct({ ...aProduct(fields), name: { ko, en } })
  const search = async (q: string) => (await api().listProducts({ q, limit: 100 })).items.map(({ name }) => name.en)
  const renewed = async () => {
    const renew = () => shop.database('product').transaction((tx) => renewOutdatedSearchTexts(tx, 100))
    while ((await renew()) > 0) {}
  }

  it('order products as readers of each language expect, with numbers by their value', async () => {
    for (const [ko, en] of [
      ['10호', 'Zebra 10'],
      ['9호', 'apple 9'],
      ['나무', 'Éclair'],
      ['가위', 'banana'],
      ['하늘', 'eclair'],
    ] as const)
      await create(ko, en, { category: 'kimchi' })

    const list = async (language: 'ko' | 'en') =>
      (await api().listProducts({ category: 'kimchi', sort: 'name', language, limit: 100 })).items.map(
        ({ name }) => name[language],
      )

    assert.deepEqual(await list('en'), ['apple 9', 'banana', 'eclair', 'Éclair', 'Zebra 10'])
    assert.deepEqual(
      (await list('ko')).filter((name) => !name.includes('호')),
      ['가위', '나무', '하늘'],
    )
    assert.deepEqual(
      (await list('ko')).filter((name) => name.includes('호')),
      ['9호', '10호'],
    )
  })

  it('order brands as readers of each language expect', async () => {
    const brands = [
      { slug: 'zebra', name: { ko: '가나', en: 'Zebra' } },
      { slug: 'apple', name: { ko: '나라', en: 'apple' } },
    ]
    for (const brand of brands) {
      await shop.api(product, shop.admin).createBrand(brand)
      await create('쌀', 'Rice', { category: 'kimchi', brand: brand.slug })
    }
    const list = async (query: { language?: 'ko' | 'en'; category?: string }) =>
      (await api().listBrands(query)).map(({ slug }) => slug).filter((slug) => ['zebra', 'apple'].includes(slug))

    for (const category of [undefined, 'kimchi']) {
      const below = category === undefined ? {} : { category }
      await soon(async () => assert.deepEqual(await list({ ...below, language: 'en' }), ['apple', 'zebra']))
      assert.deepEqual(await list(below), ['zebra', 'apple'])
    }
  })

  it('are searched together with SKUs, in any letter case', async () => {
    await create('압력솥', 'Pressure cooker', { variants: [{ sku: 'KIT-APP-001', price: 1 }] })

    assert.deepEqual(await search('kit-app-001'), ['Pressure cooker'])
    assert.deepEqual(await search('APP-001'), ['Pressure cooker'])
  })

  it('of categories find products, also after a category is renamed or moved', async () => {
    await create('의자', 'Chair', { category: 'living' })
    const rename = (ko: string, en: string, parent: string | null) =>
      shop.api(product, shop.admin).updateCategory({ slug: 'living', name: { ko, en }, parent, position: 1 })

    await rename('살림', 'Household', 'food')
    await renewed()

    assert.deepEqual(await search('살림'), ['Chair'])
    assert.deepEqual(await search('식품 의자'), ['Chair'])
    await rename('생활', 'Living', null)
    await renewed()
    assert.deepEqual([await search('살림'), await search('식품 의자')], [[], []])
  })

  it('of moved categories are invalidated in the cached lists of brands and shops, too', async () => {
    const { id } = await create('현미', 'Brown rice', { category: 'rice', brand: 'haru' })
    const filters = [{ brand: 'haru' }, { seller: shop.seller.id }]
    const isListed = (category: string) =>
      Promise.all(
        filters.map(async (filter) =>
          (await api().listProducts({ ...filter, category, limit: 100 })).items.some((item) => item.id === id),
        ),
      )
    assert.deepEqual(
      [await isListed('food'), await isListed('living')],
      [
        [true, true],
        [false, false],
      ],
    )

    const grain = { slug: 'grain', name: { ko: '곡물', en: 'Grain' }, parent: 'living', position: 0 }
    await shop.api(product, shop.admin).updateCategory(grain)

    await soon(async () =>
      assert.deepEqual(
        [await isListed('food'), await isListed('living')],
        [
          [false, false],
          [true, true],
        ],
      ),
    )
    await shop.client(product).loadCatalogue({ categories: [{ ...grain, parent: 'food' }] })
    await soon(async () => assert.deepEqual(await isListed('food'), [true, true]))
  })
})
