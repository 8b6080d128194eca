/** Units sold of each product: recorded with each order, and added to the listings by a job. */
import { type Queryable, sql, type Transaction } from '@doran/kernel'

export interface Sale {
  productId: string
  /** Negative for a cancellation. */
  units: number
}

/**
 * Records sales for {@link countSales}. It only inserts rows, so orders of a popular product never wait for each other.
 */
export async function recordSales(tx: Transaction, sales: readonly Sale[]): Promise<void> {
  // The join skips unknown products, whose rows would never be counted.
  await tx.later(sql`
    insert into product.sales (product_id, units)
    select s.product_id, s.units
    from unnest(${sales.map(({ productId }) => productId)}::uuid[], ${sales.map(({ units }) => units)}::integer[])
      as s (product_id, units)
    join product.listings l on l.product_id = s.product_id`)
}

/**
 * Adds the recorded sales of at most `limit` products to their listings. Returns the number of products. It skips
 * locked products until the next run: a statement that waits for no lock cannot deadlock.
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

/** Sets the units sold elsewhere or earlier. A higher count is kept, so a catalogue can be loaded during sales. */
export async function setSold(tx: Transaction, sold: readonly Sale[]): Promise<void> {
  if (sold.length === 0) return
  await tx.run(sql`
    update product.listings l set sold = s.units
    from unnest(${sold.map(({ productId }) => productId)}::uuid[], ${sold.map(({ units }) => units)}::bigint[])
      as s (product_id, units)
    where l.product_id = s.product_id and l.sold < s.units`)
}
