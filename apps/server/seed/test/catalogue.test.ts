import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { validate } from '@doran/kernel'
import { catalogueProductOf, Department, readCatalogue, type SeedProduct, variantsOf } from '../catalogue.ts'

let catalogue: Department[]
let products: SeedProduct[]
before(async () => {
  catalogue = await readCatalogue()
  products = catalogue.flatMap(({ products }) => products)
})

/** Returns the values that occur more than once. */
function repeated(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index)
}

const HANGUL = /\p{Script=Hangul}/u

describe('the built-in catalogue', () => {
  it('fits its schema, file by file', () => {
    for (const content of catalogue) assert.equal(validate(Department, content), undefined, content.department.slug)
  })

  it('is a complete marketplace: at least 300 products in 40 categories from 30 sellers', () => {
    const categories = catalogue.flatMap(({ categories }) => categories)
    const sellers = catalogue.flatMap(({ sellers }) => sellers)

    assert.ok(products.length >= 300, `${products.length} products`)
    assert.ok(categories.length >= 40, `${categories.length} categories`)
    assert.ok(sellers.length >= 30, `${sellers.length} sellers`)
  })

  it('uses the name of each category, seller, brand, product and SKU once', () => {
    const slugs = (of: (content: Department) => { slug: string }[]) => catalogue.flatMap(of).map(({ slug }) => slug)

    assert.deepEqual(repeated(slugs(({ department, categories }) => [department, ...categories])), [])
    assert.deepEqual(repeated(slugs(({ sellers }) => sellers)), [])
    assert.deepEqual(repeated(slugs(({ brands }) => brands)), [])
    assert.deepEqual(repeated(products.map(({ name }) => name.ko)), [])
    assert.deepEqual(repeated(products.map(({ name }) => name.en)), [])
    assert.deepEqual(repeated(products.flatMap(variantsOf).map(({ sku }) => sku)), [])
  })

  it('gives each product a category, a seller and a brand of the same file', () => {
    for (const { categories, sellers, brands, products } of catalogue) {
      const has = (list: { slug: string }[], wanted: string) => list.some(({ slug }) => slug === wanted)
      for (const { sku, category, seller, brand } of products) {
        assert.ok(has(categories, category), `${sku}: category ${category}`)
        assert.ok(has(sellers, seller), `${sku}: seller ${seller}`)
        assert.ok(brand === null || has(brands, brand), `${sku}: brand ${brand}`)
      }
    }
  })

  it('has products in every category, from every seller and of every brand', () => {
    for (const { categories, sellers, brands, products } of catalogue) {
      for (const { slug } of categories)
        assert.ok(products.filter(({ category }) => category === slug).length >= 5, slug)
      for (const { slug } of sellers)
        assert.ok(
          products.some(({ seller }) => seller === slug),
          slug,
        )
      for (const { slug } of brands)
        assert.ok(
          products.some(({ brand }) => brand === slug),
          slug,
        )
    }
  })

  it('has Korean and English texts in the right fields', () => {
    const named = catalogue.flatMap(({ department, categories, sellers }) => [department, ...categories, ...sellers])
    const texts = [
      ...named.map(({ name }) => name),
      ...products.flatMap(({ name, description }) => [name, description]),
    ]
    for (const { ko, en } of texts) {
      assert.match(ko, HANGUL)
      assert.doesNotMatch(en, HANGUL)
    }
  })

  it('has the same facts and options in both languages', () => {
    for (const { sku, attributes, options } of products) {
      assert.equal(Object.keys(attributes.ko).length, Object.keys(attributes.en).length, sku)
      for (const text of Object.entries(attributes.en).flat()) assert.doesNotMatch(text, HANGUL, sku)
      for (const { values } of options) {
        assert.deepEqual(repeated(values.map(({ code }) => code)), [], sku)
        for (const { en } of values) assert.doesNotMatch(en, HANGUL, sku)
      }
    }
  })

  it('has products with and without options, and with plenty, little and nothing in stock', () => {
    const variants = products.map((product) => variantsOf(product).length)

    assert.ok(variants.some((count) => count === 1))
    assert.ok(Math.max(...variants) <= 12)
    assert.ok(variants.reduce((sum, count) => sum + count, 0) > 2 * products.length)
    assert.ok(products.some(({ stock }) => stock === 0))
    assert.ok(products.some(({ stock }) => stock > 0 && stock <= 5))
    assert.ok(products.some(({ stock }) => stock > 100))
  })
})

describe('a product of the catalogue', () => {
  const value = (code: string, extra: number) => ({ code, ko: code, en: code, extra })
  const option = (name: string, ...values: ReturnType<typeof value>[]) => ({ name: { ko: name, en: name }, values })
  const plain: SeedProduct = {
    sku: 'FOD-TEA-001',
    category: 'tea',
    seller: 'dawon',
    brand: null,
    name: { ko: '작설차', en: 'Sparrow-tongue tea' },
    description: { ko: '첫물 찻잎입니다.', en: 'First-flush leaves.' },
    price: 12_000,
    stock: 7,
    attributes: { ko: { 원산지: '하동' }, en: { Origin: 'Hadong' } },
    options: [],
  }

  it('without options is one variant under its own SKU', () => {
    assert.deepEqual(variantsOf(plain), [{ sku: 'FOD-TEA-001', price: 12_000, stock: 7, options: [] }])
  })

  it('with options has one variant for each combination, priced and stocked', () => {
    const options = [
      option('size', value('S', 0), value('L', 5_000)),
      option('tin', value('NO', 0), value('YES', 1_000)),
    ]

    assert.deepEqual(variantsOf({ ...plain, options }), [
      { sku: 'FOD-TEA-001-S-NO', price: 12_000, stock: 2, options: ['s', 'no'] },
      { sku: 'FOD-TEA-001-S-YES', price: 13_000, stock: 2, options: ['s', 'yes'] },
      { sku: 'FOD-TEA-001-L-NO', price: 17_000, stock: 2, options: ['l', 'no'] },
      { sku: 'FOD-TEA-001-L-YES', price: 18_000, stock: 1, options: ['l', 'yes'] },
    ])
  })

  it('pairs its facts in both languages', () => {
    const { attributes } = catalogueProductOf(plain, 'someone')

    assert.deepEqual(attributes, [{ name: { ko: '원산지', en: 'Origin' }, value: { ko: '하동', en: 'Hadong' } }])
  })

  it('has a picture of it alone and one among other things, each described in both languages', () => {
    const { images = [] } = catalogueProductOf(plain, 'someone')

    assert.deepEqual(images[0], { url: '/pictures/products/fod-tea-001-1.avif', alt: plain.name })
    assert.equal(images[1]?.url, '/pictures/products/fod-tea-001-2.avif')
    assert.match(images[1]?.alt.ko ?? '', /^작설차, /)
    assert.match(images[1]?.alt.en ?? '', /^Sparrow-tongue tea, /)
  })
})
