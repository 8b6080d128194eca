/** Stock by SKU: queries, and access rules. */
import { type Actor, assertInput, type Queryable, sql, type Transaction } from '@doran/kernel'
import { Remark, Type } from '@doran/kernel/contract'
import { type Availability, type ExactAvailability, MAX_SHOWN_QUANTITY, type Stock } from './contract.ts'
import { skuNotYours, skuUnknown } from './errors.ts'

export interface StockRow extends Omit<Stock, 'available'> {
  version: number
}

const columns = sql`
  sku, seller_id as "sellerId", on_hand as "onHand", reserved, low_stock_at as "lowStockAt", version,
  updated_at as "updatedAt"`

/** Availability of the SKUs; unknown ones are omitted. */
export function listAvailabilityOf(db: Queryable, skus: readonly string[]): Promise<ExactAvailability[]> {
  return db.all<ExactAvailability>(sql`
    select sku, on_hand - reserved as available from inventory.stock where sku = any(${skus}::text[]) order by sku`)
}

/** Quantities on hand and reserved; unknown SKUs are omitted. */
export function listStockOf(
  db: Queryable,
  skus: readonly string[],
): Promise<Pick<Stock, 'sku' | 'onHand' | 'reserved'>[]> {
  return db.all(sql`
    select sku, on_hand as "onHand", reserved from inventory.stock where sku = any(${skus}::text[]) order by sku`)
}

/** The public availability of the SKUs that buyers may see. */
export async function listPublicAvailabilityOf(db: Queryable, skus: readonly string[]): Promise<Availability[]> {
  const rows = await db.all<ExactAvailability>(sql`
    select sku, on_hand - reserved as available from inventory.stock
    where sku = any(${skus}::text[]) and is_public order by sku`)
  return rows.map(({ sku, available }) => ({
    sku,
    available: Math.min(available, MAX_SHOWN_QUANTITY),
    level: available === 0 ? 'none' : available < MAX_SHOWN_QUANTITY ? 'few' : 'enough',
  }))
}

/** The stock as its seller, or an administrator, sees it. Raises `sku_unknown`, `sku_not_yours`. */
export async function getOwnStock(db: Queryable, sku: string, actor: Actor): Promise<StockRow> {
  const row = await db.first<StockRow>(sql`select ${columns} from inventory.stock where sku = ${sku}`)
  return assertOwn(row, sku, actor)
}

/** Like {@link getOwnStock}, and locks the row until the transaction ends. */
export async function lockOwnStock(tx: Transaction, sku: string, actor: Actor): Promise<StockRow> {
  const [row] = await lockStock(tx, [sku])
  return assertOwn(row, sku, actor)
}

/** Locks the stock of the known SKUs, in the order of their SKUs, which all transactions keep. */
export function lockStock(tx: Transaction, skus: readonly string[]): Promise<StockRow[]> {
  return tx.all<StockRow>(sql`
    select ${columns} from inventory.stock where sku = any(${skus}::text[]) order by sku for no key update`)
}

/** Registers SKUs with nothing on hand. Existing ones stay as they are. */
export async function enterSkus(
  tx: Transaction,
  entries: readonly { sku: string; sellerId: string; isPublic?: boolean }[],
): Promise<void> {
  const skus = entries.map(({ sku }) => sku)
  const sellers = entries.map(({ sellerId }) => sellerId)
  const publicity = entries.map(({ isPublic = true }) => isPublic)
  // Sorted by SKU, so that two transactions that insert the same SKUs cannot deadlock.
  await tx.run(sql`
    insert into inventory.stock (sku, seller_id, is_public)
    select sku, seller_id, is_public
    from unnest(${skus}::text[], ${sellers}::uuid[], ${publicity}::boolean[]) as e (sku, seller_id, is_public)
    order by sku
    on conflict (sku) do nothing`)
}

/** Locks those of the SKUs that buyers have never been able to see, in the order of {@link lockStock}. */
export function lockHidden(tx: Transaction, skus: readonly string[]): Promise<StockRow[]> {
  return tx.all<StockRow>(sql`
    select ${columns} from inventory.stock where sku = any(${skus}::text[]) and not is_public
    order by sku for no key update`)
}

/** Makes these SKUs visible to buyers for good. The caller has locked them. */
export async function revealSkus(tx: Transaction, skus: readonly string[]): Promise<void> {
  await tx.run(sql`update inventory.stock set is_public = true where sku = any(${skus}::text[])`)
}

/** Assigns the SKUs to these sellers. The caller has locked them. */
export async function assignSellers(
  tx: Transaction,
  entries: readonly { sku: string; sellerId: string }[],
): Promise<void> {
  await tx.run(sql`
    update inventory.stock s set seller_id = e.seller_id, updated_at = now()
    from unnest(${entries.map(({ sku }) => sku)}::text[], ${entries.map(({ sellerId }) => sellerId)}::uuid[]) as e (sku, seller_id)
    where s.sku = e.sku and s.seller_id <> e.seller_id`)
}

export async function setThreshold(tx: Transaction, sku: string, lowStockAt: number): Promise<void> {
  await tx.run(sql`
    update inventory.stock set low_stock_at = ${lowStockAt}, updated_at = now()
    where sku = ${sku} and low_stock_at <> ${lowStockAt}`)
}

const Noted = Type.Object({ note: Type.Optional(Remark(200)) })

/** Raises `validation_failed` for a note that is not one line of text. */
export function assertNote(note: string | undefined): void {
  assertInput(Noted, { note })
}

export function presentStock({ version: _version, ...row }: StockRow): Stock {
  return { ...row, available: row.onHand - row.reserved }
}

function assertOwn(row: StockRow | undefined, sku: string, actor: Actor): StockRow {
  if (!row) throw skuUnknown({ sku })
  if (row.sellerId !== actor.id && !actor.roles.includes('admin')) throw skuNotYours({ sku })
  return row
}
