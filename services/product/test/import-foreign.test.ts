import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, beforeEach, describe, it } from 'node:test'
import inventoryService from '@doran/inventory'
import { inventory } from '@doran/inventory/contract'
import type { Product } from '../contract.ts'
import { type Catalogue, startCatalogue } from './catalogue.ts'
import { anImporter, type Importer } from './importing.ts'

const fixture = (name: string) => readFile(new URL(`./fixtures/${name}-products.csv`, import.meta.url), 'utf8')

const english = ({ name, description, attributes, options, variants, images, ...rest }: Product) => ({
  name: name.en,
  description: description.en,
  attributes: attributes.map((fact) => `${fact.name.en}: ${fact.value.en}`),
  options: options.map((option) => [option.name.en, ...option.values.map((value) => value.name.en)]),
  variants: variants.map(({ sku, price, compareAtPrice, options }) => [sku, price, compareAtPrice, ...options]),
  images: images.map(({ url, alt }) => [url.slice(url.lastIndexOf('/') + 1), alt.en]),
  state: rest.state,
  category: rest.category,
  brand: rest.brand?.slug,
})

describe('the products of another shop', () => {
  let shop: Catalogue
  let importer: Importer
  before(async () => {
    shop = await startCatalogue(inventoryService)
  })
  beforeEach(async () => {
    importer = await anImporter(shop)
  })
  after(() => shop.close())

  const stockOf = async (...skus: string[]) =>
    (await shop.client(inventory).listStock({ skus })).map(({ onHand }) => onHand)

  it('are imported from a Shopify export, with options, pictures in rows of their own, and stock', async () => {
    const file = await fixture('shopify')

    const report = await importer.take(file, 'language=en')

    assert.deepEqual([report.created, report.stockChanged], [2, 3])
    assert.deepEqual(
      report.errors.map(({ row, column, message }) => [row, column, message]),
      [[7, 'Variant Price', 'must be whole won, 0 to 1,000,000,000']],
    )
    assert.deepEqual(
      report.warnings.map(({ row, column }) => [row, column]),
      [
        [4, 'Variant SKU'],
        [6, 'Vendor'],
      ],
    )
    assert.ok(report.ignoredColumns.includes('Variant Barcode'))
    const apron = english(await importer.read('linen-apron'))
    const [, , [madeUp] = []] = apron.variants
    assert.deepEqual(apron, {
      name: 'Linen apron',
      description: 'Washed linen & cotton.\n\n- Two pockets\n- Made in Icheon',
      attributes: [],
      options: [
        ['Size', 'Small', 'Large'],
        ['Colour', 'Oat', 'Ink'],
      ],
      variants: [
        ['apron_s.oat', 32_000, 38_000, 'small', 'oat'],
        ['apron_l.oat', 34_000, null, 'large', 'oat'],
        [madeUp, 34_000, null, 'large', 'ink'],
      ],
      images: [
        ['apron-1.jpg', 'Apron in oat'],
        ['apron-2.jpg', 'Pocket'],
        ['apron-3.jpg', ''],
      ],
      state: 'on-sale',
      category: 'living',
      brand: 'haru',
    })
    const bowl = english(await importer.read('rice-bowl'))
    assert.deepEqual(
      [bowl.options, bowl.variants, bowl.state, bowl.brand],
      [[], [['BOWL-1', 12_000, null]], 'draft', undefined],
    )
    assert.deepEqual(await stockOf('apron_s.oat', 'apron_l.oat', String(madeUp)), [0, 4, 0])
    const again = await importer.take(file, 'language=en')
    assert.deepEqual([again.unchanged, again.stockChanged], [2, 0])
  })

  it('are imported from a Shopify export in the newer format, into a given category', async () => {
    const file = [
      'Title,URL handle,Description,Vendor,Type,Status,SKU,Option1 name,Option1 value,Price,Compare-at price,Inventory quantity,Product image URL,Image alt text',
      'Ladle,ladle,<p>Steel</p>,Haru,Ladles,Active,LADLE-1,Title,Default Title,8000,,5,https://cdn.example.com/ladle.jpg,A ladle',
    ].join('\n')

    const report = await importer.take(file, 'language=en&category=living')

    assert.deepEqual([report.created, report.errors, report.stockChanged], [1, [], 1])
    assert.match(report.warnings[0]?.message as string, /there is no category Ladles.*it is put into living/)
    const { name, state, images } = await importer.read('ladle')
    assert.deepEqual(
      [name, state, images[0]?.alt],
      [{ ko: 'Ladle', en: 'Ladle' }, 'on-sale', { ko: 'A ladle', en: 'A ladle' }],
    )
  })

  it('are imported from a WooCommerce export, with variations, sale prices and facts', async () => {
    const file = await fixture('woocommerce')

    const report = await importer.take(file, 'language=en')

    assert.equal(report.created, 3)
    assert.deepEqual(
      report.errors.map(({ row, column, message }) => [row, column, message]),
      [
        [4, 'Type', '“external” products are not sold here; only simple and variable ones are'],
        [8, 'Parent', 'names no product of this file'],
      ],
    )
    assert.deepEqual(
      report.warnings.map(({ row, column }) => [row, column]),
      [
        [3, 'SKU'],
        [5, 'Sale price'],
        [7, 'SKU'],
      ],
    )
    const towel = english(await importer.read('tea-towel'))
    assert.deepEqual(towel, {
      name: 'Tea towel',
      description: 'Woven by hand.\n\nWash at 40 degrees.',
      attributes: ['Material: Cotton'],
      options: [['Colour', 'Blue', 'Green, dark']],
      variants: [
        ['tea-towel-blue', 7_000, null, 'blue'],
        [towel.variants[1]?.[0], 7_500, null, 'green-dark'],
      ],
      images: [
        ['towel-1.jpg', ''],
        ['towel-2.jpg', ''],
        ['towel-blue.jpg', ''],
      ],
      state: 'on-sale',
      category: 'living',
      brand: 'haru',
    })
    const cup = english(await importer.read('Cup/01'))
    assert.deepEqual(
      [cup.variants, cup.state, cup.category, cup.attributes],
      [[['Cup-01', 9_000, 12_000]], 'draft', 'living', ['Material: Clay, glaze']],
    )
    assert.deepEqual(await stockOf('Cup-01', 'tea-towel-blue'), [25, 3])
    assert.equal((await importer.take(file, 'language=en')).unchanged, 3)
  })
})
