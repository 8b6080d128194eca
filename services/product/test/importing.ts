/** Shared by the tests of imports: a new shop that sends files, and its products afterwards. */
import assert from 'node:assert/strict'
import type { TestUser } from '@doran/kernel/testing'
import { stringify } from 'csv-stringify/sync'
import { type ImportReport, type Product, product } from '../contract.ts'
import type { Catalogue } from './catalogue.ts'

export type Cells = Record<string, string | number>

export interface Answer {
  status: number
  body: ImportReport & { code: string; detail: string }
}

export interface Importer {
  seller: TestUser
  /** Sends a file with the given query. */
  send(file: string | Buffer, query?: string): Promise<Answer>
  /** Like {@link send}, but fails unless the file is accepted. */
  take(file: string | Buffer, query?: string): Promise<ImportReport>
  export(): Promise<string>
  /** The shop's product with this key. */
  read(key: string): Promise<Product>
  keys(): Promise<string[]>
}

export async function anImporter(shop: Catalogue): Promise<Importer> {
  const seller = await shop.user(['seller'])
  const name = { ko: '새 가게', en: 'New shop' }
  await shop.client(product).upsertSeller({ id: seller.id, slug: `shop-${seller.id}`, name })
  const api = shop.api(product, seller)
  const send = async (file: string | Buffer, query = '') => {
    const answer = await shop.http.inject({
      method: 'POST',
      url: `/api/products/import?${query}`,
      headers: { authorization: `Bearer ${seller.token}`, 'content-type': 'text/csv' },
      payload: file,
    })
    return { status: answer.statusCode, body: answer.json() }
  }
  const listed = async () => (await api.listSellerProducts({ limit: 100 })).items
  return {
    seller,
    send,
    async take(file, query) {
      const { status, body } = await send(file, query)
      assert.equal(status, 200, JSON.stringify(body))
      return body
    },
    export: async () => (await shop.request('GET', '/api/products/export', { as: seller })).body as string,
    async read(key) {
      const found = (await listed()).find((item) => item.key === key)
      return api.getProduct({ productId: found?.id as string })
    },
    keys: async () => (await listed()).map(({ key }) => key).sort(),
  }
}

export function csv(rows: Cells[], columns = [...new Set(rows.flatMap(Object.keys))]): string {
  return stringify(rows, { header: true, columns })
}

/** A row of a product with one variant. */
export function aRow(key: string, fields: Cells = {}): Cells {
  return {
    product_key: key,
    category: 'rice',
    name_ko: '쌀',
    name_en: 'Rice',
    sku: key.toUpperCase(),
    price: 1_000,
    ...fields,
  }
}
