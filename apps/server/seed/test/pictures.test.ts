import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { before, describe, it } from 'node:test'
import { type Department, readCatalogue } from '../catalogue.ts'
import { PEOPLE } from '../community/community.ts'

const FOLDER = new URL('../pictures/', import.meta.url)
const MAX_BYTES = 7_000_000

let catalogue: Department[]
before(async () => {
  catalogue = await readCatalogue()
})

const filesIn = async (folder: string) => (await readdir(new URL(folder, FOLDER))).sort()

describe('the pictures of the shop', () => {
  it('are two of each product, each in two sizes, and no others', async () => {
    const skus = catalogue.flatMap(({ products }) => products).map(({ sku }) => sku.toLowerCase())
    const endings = ['-1.avif', '-1.w400.avif', '-2.avif', '-2.w400.avif']
    const expected = skus.flatMap((sku) => endings.map((ending) => `${sku}${ending}`))

    assert.deepEqual(await filesIn('products/'), expected.sort())
  })

  it('are one of each department and category, and no others', async () => {
    const slugs = catalogue.flatMap(({ department, categories }) => [department, ...categories].map(({ slug }) => slug))

    assert.deepEqual(await filesIn('categories/'), slugs.map((slug) => `${slug}.avif`).sort())
  })

  it('are one for each profile picture of the sample community, and no others', async () => {
    assert.deepEqual(await filesIn('people/'), PEOPLE.map((name) => `${name}.avif`).sort())
  })

  it('are AVIF and take up less than 7 MB together', async () => {
    let bytes = 0
    for (const folder of ['products/', 'categories/', 'people/'])
      for (const name of await filesIn(folder)) {
        const content = await readFile(new URL(`${folder}${name}`, FOLDER))
        assert.equal(content.subarray(4, 12).toString('latin1'), 'ftypavif', name)
        bytes += content.length
      }

    assert.ok(bytes < MAX_BYTES, `${bytes} bytes`)
  })
})
