import { type Handler, type Queryable, sql } from '@doran/kernel'
import type { Product, product } from '../contract.ts'
import { shopOf } from '../sellers.ts'
import { writeHeader, writeRows } from '../sheet-export.ts'

const CHUNK = 200

export const exportProducts: Handler<typeof product, 'exportProducts'> = async ({ sellerId }, ctx) =>
  exportAll(ctx.db, shopOf(sellerId, ctx.actor))

async function* exportAll(db: Queryable, sellerId: string): AsyncIterable<string> {
  yield writeHeader()
  for (let last: string | undefined; ; ) {
    const products = await findChunk(db, sellerId, last)
    if (products.length > 0) yield writeRows(products)
    if (products.length < CHUNK) return
    last = products.at(-1)?.id
  }
}

async function findChunk(db: Queryable, sellerId: string, last: string | undefined): Promise<Product[]> {
  const rows = await db.all<{ detail: Product }>(sql`
    select d.detail from product.products p join product.details d on d.product_id = p.id
    where p.seller_id = ${sellerId} ${last === undefined ? sql.empty : sql`and p.id > ${last}`}
    order by p.id limit ${CHUNK}`)
  return rows.map(({ detail }) => detail)
}
