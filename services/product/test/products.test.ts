import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId } from '@doran/kernel'
import {
  type NewProduct,
  type Product,
  product,
  productChanged,
  productListed,
  productStateChanged,
  variantsListed,
} from '../contract.ts'
import { aProduct, type Catalogue, inSizes, startCatalogue } from './catalogue.ts'

describe('a product', () => {
  let shop: Catalogue
  before(async () => {
    shop = await startCatalogue()
  })
  after(() => shop.close())

  const create = (fields: Partial<NewProduct> = {}, as = shop.seller) =>
    shop.api(product, as).createProduct(aProduct(fields))
  const asWritten = ({ key, category, brand, name, description, attributes, images, options, variants }: Product) => ({
    key,
    category,
    brand: brand?.slug ?? null,
    name,
    description,
    attributes,
    images,
    options,
    variants,
  })

  it('is written by a seller and read by anyone', async () => {
    const written = aProduct({
      ...inSizes('READ'),
      key: 'rice-1',
      brand: 'haru',
      description: { ko: '올해 거둔 쌀\r\n맛있어요', en: "This year's rice" },
      attributes: [{ name: { ko: '원산지', en: 'Origin' }, value: { ko: '이천: 경기도', en: 'Icheon' } }],
      images: [{ url: 'https://example.com/a.jpg', alt: { ko: '쌀', en: 'Rice' } }],
    })

    const { status, body } = await shop.request('POST', '/api/products', { as: shop.seller, body: written })
    const read = await shop.request('GET', `/api/products/${body.id}`)

    assert.equal(status, 201)
    assert.deepEqual(read.body, body)
    assert.deepEqual(body.description, { ko: '올해 거둔 쌀\n맛있어요', en: "This year's rice" })
    assert.deepEqual(body.seller, { id: shop.seller.id, slug: 'haru-farm', name: { ko: '하루농장', en: 'Haru Farm' } })
    assert.deepEqual(body.brand, { slug: 'haru', name: { ko: '하루', en: 'Haru' } })
    assert.deepEqual(body.options, written.options)
    assert.deepEqual(body.variants, [
      { sku: 'READ-3', price: 12_900, compareAtPrice: null, currency: 'KRW', options: ['3kg'] },
      { sku: 'READ-10', price: 35_000, compareAtPrice: 39_000, currency: 'KRW', options: ['10kg'] },
    ])
    assert.deepEqual([body.state, body.key, body.version], ['on-sale', 'rice-1', 1])
  })

  it('is visible as a draft to its seller and administrators only', async () => {
    const { id } = await create({ state: 'draft' })

    const statusFor = async (as?: typeof shop.seller) =>
      (await shop.request('GET', `/api/products/${id}`, as ? { as } : {})).status

    assert.deepEqual([await statusFor(shop.seller), await statusFor(shop.admin)], [200, 200])
    assert.deepEqual([await statusFor(), await statusFor(shop.rival)], [404, 404])
    const listed = await shop.api(product).listProducts({ seller: shop.seller.id, limit: 100 })
    assert.ok(listed.items.every((item) => item.id !== id))
  })

  it('publishes when it goes on sale, changes and is stopped, with an increasing version', async () => {
    const api = shop.api(product, shop.seller)
    const { id, ...draft } = await create({ ...inSizes('NEWS'), state: 'draft', category: 'rice', brand: 'haru' })
    await api.changeProductState({ productId: id, state: 'on-sale' })
    await api.changeProductState({ productId: id, state: 'on-sale' })
    await api.updateProduct({ ...asWritten({ id, ...draft }), productId: id, name: { ko: '묵은쌀', en: 'Old rice' } })
    await api.changeProductState({ productId: id, state: 'stopped' })

    const [listed] = (await shop.events(productListed)).filter((news) => news.id === id)
    const changed = (await shop.events(productChanged)).filter((news) => news.id === id)
    const [stopped] = (await shop.events(productStateChanged)).filter((news) => news.id === id)
    assert.deepEqual([listed?.version, listed?.state, listed?.categoryPath], [2, 'on-sale', ['food', 'grain', 'rice']])
    assert.deepEqual([listed?.priceFrom, listed?.priceTo, listed?.skus], [12_900, 35_000, ['NEWS-3', 'NEWS-10']])
    assert.deepEqual(
      changed.map(({ version, name }) => [version, name.ko]),
      [[3, '묵은쌀']],
    )
    assert.deepEqual([stopped?.version, stopped?.state], [4, 'stopped'])
    assert.equal((await shop.request('GET', `/api/products/${id}`)).status, 404)
  })

  it('publishes new SKUs only', async () => {
    const created = await create(inSizes('SKUS'))
    const third = { sku: 'SKUS-20', price: 60_000, options: ['20kg'] }
    const sizes = inSizes('SKUS')
    sizes.options?.[0]?.values.push({ code: '20kg', name: { ko: '20kg', en: '20 kg' } })

    await shop.api(product, shop.seller).updateProduct({
      ...asWritten(created),
      productId: created.id,
      ...sizes,
      variants: [third, ...sizes.variants],
    })

    const told = (await shop.events(variantsListed)).filter(({ productId }) => productId === created.id)
    assert.deepEqual(
      told.map(({ skus }) => skus),
      [['SKUS-3', 'SKUS-10'], ['SKUS-20']],
    )
    assert.equal(told[0]?.sellerId, shop.seller.id)
  })

  it('keeps its version when nothing changes', async () => {
    const created = await create({ ...inSizes('SAME'), brand: 'haru' })

    const again = await shop.api(product, shop.seller).updateProduct({ ...asWritten(created), productId: created.id })

    assert.deepEqual(again, created)
  })

  it('cannot be changed from an outdated version', async () => {
    const created = await create()
    const change = (price: number) => ({
      ...asWritten(created),
      productId: created.id,
      version: 1,
      variants: [{ sku: created.variants[0]?.sku, price }],
    })

    const url = `/api/products/${created.id}`
    const [first, second] = await Promise.all(
      [1_000, 2_000].map((price) => shop.request('PUT', url, { as: shop.seller, body: change(price) })),
    )

    assert.deepEqual([first?.status, second?.status].sort(), [200, 409])
    assert.equal([first, second].find((answer) => answer?.status === 409)?.body.code, 'product_outdated')
  })

  it('of another shop cannot be changed: it is refused on sale, and not found as a draft', async () => {
    const listed = await create()
    const draft = await create({ state: 'draft' })
    const change = (id: string) =>
      shop.request('PUT', `/api/products/${id}`, {
        as: shop.rival,
        body: aProduct({ name: { ko: '뺏음', en: 'Taken' } }),
      })
    const stop = (id: string) =>
      shop.request('PATCH', `/api/products/${id}/state`, { as: shop.rival, body: { state: 'stopped' } })

    const answers = [await change(listed.id), await stop(listed.id), await change(draft.id), await stop(draft.id)]

    assert.deepEqual(
      answers.map(({ body }) => body.code),
      ['product_not_yours', 'product_not_yours', 'product_not_found', 'product_not_found'],
    )
    assert.deepEqual((await shop.api(product).getProduct({ productId: listed.id })).name, listed.name)
  })

  it('may be changed by an administrator, who may also write for a shop', async () => {
    const admin = shop.api(product, shop.admin)
    const created = await admin.createProduct({ ...aProduct(), sellerId: shop.rival.id })
    assert.equal(created.seller.id, shop.rival.id)

    const stopped = await admin.changeProductState({ productId: created.id, state: 'stopped' })

    assert.equal(stopped.state, 'stopped')
    const forOther = { ...aProduct(), sellerId: shop.rival.id }
    const refused = await shop.request('POST', '/api/products', { as: shop.seller, body: forOther })
    assert.deepEqual([refused.status, refused.body.code], [403, 'shop_not_yours'])
  })

  it('requires a shop', async () => {
    const newcomer = await shop.user(['seller'])

    const refused = await shop.request('POST', '/api/products', { as: newcomer, body: aProduct() })

    assert.deepEqual([refused.status, refused.body.code], [409, 'seller_unknown'])
  })

  it('of exactly one seller gets a SKU that ten sellers use concurrently', async () => {
    const variants = [
      { sku: 'RACE-0', price: 1 },
      { sku: 'RACE-1', price: 1 },
    ]
    const options = [
      {
        name: { ko: '색', en: 'Colour' },
        values: [
          { code: 'a', name: { ko: '가', en: 'A' } },
          { code: 'b', name: { ko: '나', en: 'B' } },
        ],
      },
    ]
    const attempt = (index: number) => {
      const [first, second] = index % 2 ? variants : variants.toReversed()
      return shop.request('POST', '/api/products', {
        as: index % 2 ? shop.seller : shop.rival,
        body: aProduct({
          key: `race-${index}`,
          options,
          variants: [
            { ...first, options: ['a'] },
            { ...second, options: ['b'] },
          ] as never,
        }),
      })
    }

    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => attempt(index)))

    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, ...Array(9).fill(409)])
    assert.ok(answers.every(({ status, body }) => status === 201 || body.code === 'sku_taken'))
    const offers = await shop.client(product).getOffers({ skus: ['RACE-0', 'RACE-1'] })
    assert.equal(new Set(offers.map(({ productId }) => productId)).size, 1)
  })

  it('has a key that is unique within the shop', async () => {
    await create({ key: 'one-of-a-kind' })

    const refused = await shop.request('POST', '/api/products', {
      as: shop.seller,
      body: aProduct({ key: 'one-of-a-kind' }),
    })

    assert.deepEqual([refused.status, refused.body.code], [409, 'product_key_taken'])
    assert.match(refused.body.detail, /one-of-a-kind/)
    assert.equal((await create({ key: 'one-of-a-kind' }, shop.rival)).key, 'one-of-a-kind')
  })

  it('releases the SKUs that it no longer has', async () => {
    const created = await create(inSizes('GONE'))
    const fewer = { options: [], variants: [{ sku: 'GONE-3', price: 1_000 }] }

    await shop.api(product, shop.seller).updateProduct({ ...asWritten(created), productId: created.id, ...fewer })

    assert.deepEqual(
      (await shop.client(product).getOffers({ skus: ['GONE-3', 'GONE-10'] })).map(({ sku }) => sku),
      ['GONE-3'],
    )
    assert.equal((await create({ variants: [{ sku: 'GONE-10', price: 1 }] })).variants[0]?.sku, 'GONE-10')
  })

  it('releases a SKU that was never on sale to other shops', async () => {
    const created = await create({ ...inSizes('LEFT'), state: 'draft' })
    const wanted = aProduct({ options: [], variants: [{ sku: 'LEFT-10', price: 1 }] as never })
    const early = await shop.request('POST', '/api/products', { as: shop.rival, body: wanted })
    const fewer = { options: [], variants: [{ sku: 'LEFT-3', price: 1_000 }] }
    await shop.api(product, shop.seller).updateProduct({ ...asWritten(created), productId: created.id, ...fewer })

    const free = await shop.request('POST', '/api/products', { as: shop.rival, body: wanted })
    const back = await shop.request('POST', '/api/products', { as: shop.seller, body: wanted })

    assert.deepEqual([early.status, free.status, back.status], [409, 201, 409])
  })

  it('keeps a removed SKU that was on sale for its shop, because its stock refers to it', async () => {
    const created = await create(inSizes('KEPT'))
    const fewer = { options: [], variants: [{ sku: 'KEPT-3', price: 1_000 }] }
    await shop.api(product, shop.seller).updateProduct({ ...asWritten(created), productId: created.id, ...fewer })

    const taken = aProduct({ options: [], variants: [{ sku: 'KEPT-10', price: 1 }] as never })
    const refused = await shop.request('POST', '/api/products', { as: shop.rival, body: taken })

    assert.deepEqual([refused.status, refused.body.code], [409, 'sku_taken'])
    assert.match(refused.body.detail, /KEPT-10/)
  })

  const sizes = () => inSizes(`BAD-${newId().slice(-6).toUpperCase()}`)
  const refusals: [string, () => object, string][] = [
    ['without variants', () => ({ variants: [] }), 'variants'],
    ['with a SKU that addresses cannot carry', () => ({ variants: [{ sku: 'a/b', price: 1 }] }), 'variants.0.sku'],
    ['with a price in fractions of a won', () => ({ variants: [{ sku: 'AB', price: 1.5 }] }), 'variants.0.price'],
    [
      'with a former price below the price',
      () => ({ variants: [{ sku: 'AB', price: 5, compareAtPrice: 5 }] }),
      'variants.0.compareAtPrice',
    ],
    [
      'with a SKU twice',
      () => ({
        ...sizes(),
        variants: [
          { sku: 'AB', price: 1, options: ['3kg'] },
          { sku: 'AB', price: 1, options: ['10kg'] },
        ],
      }),
      'variants.1.sku',
    ],
    [
      'with a combination twice',
      () => ({ ...sizes(), variants: [...sizes().variants, { sku: 'AB', price: 1, options: ['3kg'] }] }),
      'variants.2.options',
    ],
    [
      'with a value that no option has',
      () => ({ ...sizes(), variants: [...sizes().variants, { sku: 'AB', price: 1, options: ['5kg'] }] }),
      'variants.2.options',
    ],
    [
      'with a value that no variant has',
      () => ({ ...sizes(), variants: [{ sku: 'AB', price: 1, options: ['3kg'] }] }),
      'options.0.values.1',
    ],
    ['with a name in one language', () => ({ name: { ko: '쌀' } }), 'name.en'],
    ['with a blank name', () => ({ name: { ko: '   ', en: 'Rice' } }), 'name.ko'],
    ['with a NUL in its name', () => ({ name: { ko: 'a\u0000b', en: 'Rice' } }), 'name.ko'],
    ['with half a surrogate pair in its text', () => ({ description: { ko: '\ud83c', en: '' } }), 'description.ko'],
    [
      'with a script for a picture',
      () => ({ images: [{ url: 'javascript:alert(1)', alt: { ko: '', en: '' } }] }),
      'images.0.url',
    ],
    ['with the state stopped', () => ({ state: 'stopped' }), 'state'],
  ]
  for (const [what, fields, field] of refusals) {
    it(`${what} is refused`, async () => {
      const refused = await shop.request('POST', '/api/products', {
        as: shop.seller,
        body: { ...aProduct(), ...fields() },
      })

      assert.equal(refused.status, 422, JSON.stringify(refused.body))
      assert.ok(field in refused.body.errors, JSON.stringify(refused.body.errors))
    })
  }

  it('with an unknown category or brand is refused with its name', async () => {
    const of = (fields: object) =>
      shop.request('POST', '/api/products', { as: shop.seller, body: { ...aProduct(), ...fields } })

    const [category, brand] = [await of({ category: 'nowhere' }), await of({ brand: 'nobody' })]

    assert.deepEqual([category.status, category.body.code, category.body.slug], [422, 'category_unknown', 'nowhere'])
    assert.deepEqual([brand.status, brand.body.code, brand.body.slug], [422, 'brand_unknown', 'nobody'])
  })

  it('is written by sellers only', async () => {
    const buyer = await shop.user()

    const statuses = [
      (await shop.request('POST', '/api/products', { body: aProduct() })).status,
      (await shop.request('POST', '/api/products', { as: buyer, body: aProduct() })).status,
      (await shop.request('GET', '/api/seller/products', { as: buyer })).status,
    ]

    assert.deepEqual(statuses, [401, 403, 403])
  })

  it('with an unknown id is not found, and an invalid id is refused', async () => {
    const statuses = await Promise.all(
      [newId(), 'urn:uuid:0192d3c4-0000-7000-8000-000000000000', "1' or '1'='1", '%00'].map(
        async (id) => (await shop.request('GET', `/api/products/${id}`)).status,
      ),
    )

    assert.deepEqual(statuses, [404, 422, 422, 422])
  })
})
