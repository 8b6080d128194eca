/** Sold units, which `doran check` compares with orders. Reads only, and by index, so it can run on a live shop. */
import { type Queryable, sql } from '@doran/kernel'

export async function pageProducts(db: Queryable, after: string, limit: number): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`
    select product_id as id from product.listings where product_id > ${after} order by product_id limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** Counted and recorded units by product. A loaded catalogue may have more than was ordered here. */
export function readSold(db: Queryable, productIds: readonly string[]): Promise<{ productId: string; sold: number }[]> {
  return db.all(sql`
    select l.product_id as "productId", l.sold + coalesce(s.units, 0)::bigint as sold
    from product.listings l
    left join (select product_id, sum(units) as units from product.sales group by product_id) s using (product_id)
    where l.product_id = any(${productIds}::uuid[])`)
}
