/** How many units of each product were sold: noted with each order, counted into the lists by a job. */
import { type Queryable, sql, type Transaction } from '@doran/kernel'

export interface Sale {
  productId: string
  /** Negative when they were cancelled. */
  units: number
}

/** Notes sales for {@link countSales}. It only adds rows, so nobody waits however hot a product is. */
export async function noteSales(tx: Transaction, sales: readonly Sale[]): Promise<void> {
  // Joined, because a product that the catalogue does not have would never be counted.
  await tx.later(sql`
    insert into product.sales (product_id, units)
    select s.product_id, s.units
    from unnest(${sales.map(({ productId }) => productId)}::uuid[], ${sales.map(({ units }) => units)}::integer[])
      as s (product_id, units)
    join product.listings l on l.product_id = s.product_id`)
}

/**
 * Counts what was noted of at most `limit` products and answers how many those were. A product that somebody is
 * writing is left for the next time: whoever waits for nobody cannot be part of a deadlock.
 */
export function countSales(db: Queryable, limit: number): Promise<number> {
  return db.run(sql`
    with due as materialized (
      select product_id from product.listings
      where product_id in (select distinct product_id from product.sales limit ${limit})
      for no key update skip locked
    ), counted as (
      delete from product.sales s using due where s.product_id = due.product_id returning s.product_id, s.units
    )
    update product.listings l set sold = greatest(0, l.sold + c.units)
    from (select product_id, sum(units) as units from counted group by product_id) c
    where l.product_id = c.product_id`)
}

/** Units that were sold elsewhere or before. A higher count is kept, so a catalogue may be loaded beside running sales. */
export async function enterSold(tx: Transaction, sold: readonly Sale[]): Promise<void> {
  if (sold.length === 0) return
  await tx.run(sql`
    update product.listings l set sold = s.units
    from unnest(${sold.map(({ productId }) => productId)}::uuid[], ${sold.map(({ units }) => units)}::bigint[])
      as s (product_id, units)
    where l.product_id = s.product_id and l.sold < s.units`)
}
