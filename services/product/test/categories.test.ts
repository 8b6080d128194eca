import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId } from '@doran/kernel'
import { product } from '../contract.ts'
import { aProduct, type Catalogue, inSizes, soon, startCatalogue } from './catalogue.ts'

describe('categories, brands and shops', () => {
  let shop: Catalogue
  before(async () => {
    shop = await startCatalogue()
  })
  after(() => shop.close())

  const name = (text: string) => ({ ko: text, en: text })
  const admin = () => shop.api(product, shop.admin)
  const found = async (category: string) =>
    (await shop.api(product).listProducts({ category, limit: 100, sort: 'name' })).items.map((item) => item.name.ko)

  it('form a tree, each level ordered by position', async () => {
    const tree = await shop.api(product).listCategories()

    const slugs = (nodes: typeof tree): unknown => nodes.map(({ slug, children }) => [slug, slugs(children)])
    assert.deepEqual(slugs(tree), [
      [
        'food',
        [
          ['grain', [['rice', []]]],
          ['kimchi', []],
        ],
      ],
      ['living', []],
    ])
  })

  it('carry their products along when they move', async () => {
    await shop.api(product, shop.seller).createProduct(aProduct({ name: name('moving') }))
    await shop.api(product, shop.seller).createProduct(aProduct({ name: name('moving draft'), state: 'draft' }))
    assert.deepEqual([await found('food'), await found('living')], [['moving'], []])

    await admin().updateCategory({ slug: 'grain', name: name('Grain'), parent: 'living', position: 0 })

    await soon(async () => {
      for (const category of ['living', 'grain', 'rice']) assert.deepEqual(await found(category), ['moving'])
      assert.deepEqual(await found('food'), [])
    })
    await admin().updateCategory({ slug: 'grain', name: name('Grain'), parent: 'food', position: 0 })
  })

  it('are correct on a product that is written while they move', async () => {
    const moves = ['living', 'food', 'living', 'food', 'living'].map((parent) =>
      admin().updateCategory({ slug: 'kimchi', name: name('Kimchi'), parent, position: 0 }),
    )
    const writes = Array.from({ length: 10 }, (_, index) =>
      shop.api(product, shop.seller).createProduct(aProduct({ category: 'kimchi', name: name(`kimchi ${index}`) })),
    )

    await Promise.all([...moves, ...writes])

    const tree = await admin().listCategories()
    const parent = tree.find(({ children }) => children.some(({ slug }) => slug === 'kimchi'))?.slug as string
    const kimchi = async (category: string) =>
      (await found(category)).filter((text) => text.startsWith('kimchi')).length
    await soon(async () => {
      assert.deepEqual([await kimchi(parent), await kimchi(parent === 'food' ? 'living' : 'food')], [10, 0])
    })
  })

  it('cannot move below themselves, in one move or in two concurrent ones', async () => {
    const move = (slug: string, parent: string) =>
      shop.request('PUT', `/api/categories/${slug}`, {
        as: shop.admin,
        body: { name: name(slug), parent, position: 0 },
      })

    const [itself, child] = [await move('food', 'food'), await move('food', 'rice')]
    assert.deepEqual([itself.body.code, child.body.code], ['category_cycle', 'category_cycle'])

    await admin().createCategory({ slug: 'one', name: name('one') })
    await admin().createCategory({ slug: 'two', name: name('two') })
    const both = await Promise.all([move('one', 'two'), move('two', 'one')])
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 409])
  })

  it('are at most four levels deep', async () => {
    await admin().createCategory({ slug: 'level-4', name: name('4'), parent: 'rice' })

    const create = await shop.request('POST', '/api/categories', {
      as: shop.admin,
      body: { slug: 'level-5', name: name('5'), parent: 'level-4' },
    })
    const push = await shop.request('PUT', '/api/categories/food', {
      as: shop.admin,
      body: { name: name('Food'), parent: 'living', position: 0 },
    })

    assert.deepEqual([create.body.code, push.body.code], ['category_too_deep', 'category_too_deep'])
  })

  it('have a unique slug and an existing parent', async () => {
    const create = (body: object) => shop.request('POST', '/api/categories', { as: shop.admin, body })

    const [again, orphan, missing] = [
      await create({ slug: 'food', name: name('Food') }),
      await create({ slug: 'orphan', name: name('Orphan'), parent: 'nowhere' }),
      await shop.request('PUT', '/api/categories/nowhere', {
        as: shop.admin,
        body: { name: name('x'), parent: null, position: 0 },
      }),
    ]

    assert.deepEqual(
      [again, orphan, missing].map(({ status, body }) => [status, body.code]),
      [
        [409, 'category_exists'],
        [422, 'category_unknown'],
        [404, 'category_not_found'],
      ],
    )
  })

  it('are created by administrators only', async () => {
    const body = { slug: 'mine', name: name('Mine') }

    const statuses = await Promise.all([
      shop.request('POST', '/api/categories', { as: shop.seller, body }),
      shop.request('POST', '/api/brands', { as: shop.seller, body }),
      shop.request('POST', '/api/brands', { body }),
    ])

    assert.deepEqual(
      statuses.map(({ status }) => status),
      [403, 403, 401],
    )
  })

  it('list a brand once it is added, and refuse it a second time', async () => {
    const brand = { slug: 'baram', name: { ko: '가람', en: 'Garam' } }
    const add = () => shop.request('POST', '/api/brands', { as: shop.admin, body: brand })

    assert.deepEqual([(await add()).status, (await add()).body.code], [201, 'brand_exists'])

    assert.deepEqual(
      (await shop.api(product).listBrands()).map(({ slug }) => slug),
      ['baram', 'doran', 'haru'],
    )
  })

  it('list a brand in a category while it has a product on sale there or below', async () => {
    const seller = shop.api(product, shop.seller)
    const written = aProduct({ category: 'rice', brand: 'haru' })
    const { id } = await seller.createProduct({ ...written, state: 'draft' })
    await seller.createProduct(aProduct({ category: 'living', brand: 'doran' }))
    const brandsOf = async (...categories: string[]) =>
      Promise.all(
        categories.map(async (category) =>
          (await shop.api(product).listBrands({ category })).map(({ slug }) => slug).join(),
        ),
      )
    assert.deepEqual(await brandsOf('food', 'grain', 'rice', 'kimchi', 'living'), ['', '', '', '', 'doran'])

    await seller.changeProductState({ productId: id, state: 'on-sale' })
    await soon(async () =>
      assert.deepEqual(await brandsOf('food', 'grain', 'rice', 'kimchi'), ['haru', 'haru', 'haru', '']),
    )

    await seller.updateProduct({ ...written, productId: id, category: 'living' })
    await soon(async () => assert.deepEqual(await brandsOf('food', 'living'), ['', 'doran,haru']))

    await admin().updateCategory({ slug: 'living', name: name('Living'), parent: 'food', position: 1 })
    await soon(async () => assert.deepEqual(await brandsOf('food', 'living'), ['doran,haru', 'doran,haru']))

    await seller.changeProductState({ productId: id, state: 'stopped' })
    await soon(async () => assert.deepEqual(await brandsOf('food', 'living'), ['doran', 'doran']))
    await admin().updateCategory({ slug: 'living', name: name('Living'), parent: null, position: 1 })
  })

  it('refuse to list the brands of an unknown or invalid category', async () => {
    const answers = await Promise.all(
      ['nowhere', '../etc'].map((category) => shop.request('GET', `/api/brands?category=${category}`)),
    )

    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.code]),
      [
        [404, 'category_not_found'],
        [422, 'validation_failed'],
      ],
    )
  })

  it('show the new name of a renamed shop on its products', async () => {
    const { id } = await shop.api(product, shop.rival).createProduct(aProduct())
    const seller = { id: shop.rival.id, slug: 'new-name', name: name('New name') }
    await shop.client(product).upsertSeller(seller)

    await soon(async () => {
      assert.deepEqual((await shop.api(product).getProduct({ productId: id })).seller, seller)
      const listed = await shop.api(product).listProducts({ seller: seller.id, limit: 1 })
      assert.deepEqual(listed.items[0]?.seller.name, seller.name)
      assert.equal((await shop.api(product).getSeller({ sellerId: seller.id })).slug, 'new-name')
    })
  })

  it('refuse a slug for a second shop', async () => {
    const taken = shop.client(product).upsertSeller({ id: newId(), slug: 'haru-farm', name: name('Copy') })

    await assert.rejects(taken, { code: 'slug_taken', details: { slug: 'haru-farm' } })
    assert.equal((await shop.request('GET', `/api/sellers/${newId()}`)).body.code, 'seller_not_found')
  })

  it('have offers of SKUs in any state, without unknown ones', async () => {
    const api = shop.api(product, shop.seller)
    const { id } = await api.createProduct(
      aProduct({ ...inSizes('OFFER'), images: [{ url: '/a.jpg', alt: name('') }] }),
    )
    await api.changeProductState({ productId: id, state: 'stopped' })

    const offers = await shop.client(product).getOffers({ skus: ['OFFER-3', 'OFFER-10', 'NOBODYS'] })

    assert.deepEqual(offers[1], {
      sku: 'OFFER-3',
      productId: id,
      sellerId: shop.seller.id,
      sellerName: { ko: '하루농장', en: 'Haru Farm' },
      name: { ko: '햅쌀', en: 'New rice' },
      optionText: { ko: '용량: 3kg', en: 'Size: 3 kg' },
      image: '/a.jpg',
      price: 12_900,
      currency: 'KRW',
      state: 'stopped',
    })
    assert.deepEqual(
      offers.map(({ sku }) => sku),
      ['OFFER-10', 'OFFER-3'],
    )
    const plain = aProduct()
    await api.createProduct(plain)
    const [offer] = await shop.client(product).getOffers({ skus: [plain.variants[0]?.sku as string] })
    assert.deepEqual([offer?.optionText, offer?.image], [{ ko: '', en: '' }, null])
  })

  it('have offers that name the value of each option, in the order of the options', async () => {
    const option = (ko: string, en: string, ...codes: string[]) => ({
      name: { ko, en },
      values: codes.map((code) => ({ code, name: { ko: `${code}.`, en: code } })),
    })
    const options = [option('크기', 'Size', 's', 'm'), option('색', 'Colour', 'red', 'blue')]
    const variants = [
      { sku: 'BOTH-S-BLUE', price: 1_000, options: ['s', 'blue'] },
      { sku: 'BOTH-M-RED', price: 1_000, options: ['m', 'red'] },
    ]
    await shop.api(product, shop.seller).createProduct(aProduct({ options, variants }))

    const [offer] = await shop.client(product).getOffers({ skus: ['BOTH-M-RED'] })

    assert.deepEqual(offer?.optionText, { ko: '크기: m., 색: red.', en: 'Size: m, Colour: red' })
  })

  it('have internal operations that are not public', async () => {
    const statuses = await Promise.all(
      ['/api/offers', '/api/sellers', '/api/catalogue/load'].map(
        async (url) => (await shop.request('POST', url, { as: shop.admin, body: {} })).status,
      ),
    )

    assert.deepEqual(statuses, [404, 404, 404])
  })
})
