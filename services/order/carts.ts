import { inventory } from '@doran/inventory/contract'
import { type Actor, brokenConstraint, type Context, newId, type Queryable, sql, type Transaction } from '@doran/kernel'
import { type Offer, product } from '@doran/product/contract'
import type { Cart, CartLine, LeftOut } from './contract.ts'
import { cartClosed, cartFull, cartNotFound, skuNotOnSale } from './errors.ts'

/** Limits of one cart. They keep the queries that price it small. */
export const MAX_LINES = 100
export const MAX_QUANTITY = 999

export interface CartRow {
  id: string
  buyerId: string | null
  state: 'open' | 'ordered' | 'merged'
}

interface LineRow {
  sku: string
  quantity: number
  priceSeen: number
}

interface FilledCart extends CartRow {
  /** Incremented by every change of the lines. */
  version: number
  lines: LineRow[]
}

/** Creates a guest's cart, or returns the one open cart of a member, creating it if needed. */
export async function openCart(db: Queryable, actor: Actor | undefined): Promise<CartRow & { isNew: boolean }> {
  const id = newId()
  // An update without effect, because `returning` returns only rows that the statement has written.
  const cart = await db.one<CartRow>(sql`
    insert into "order".carts (id, buyer_id) values (${id}, ${actor?.id ?? null})
    on conflict (buyer_id) where state = 'open' and buyer_id is not null do update set buyer_id = excluded.buyer_id
    returning id, buyer_id as "buyerId", state`)
  return { ...cart, isNew: cart.id === id }
}

/**
 * An open cart with its lines. The actor may use their own cart and, knowing its id, any guest's. Raises
 * `cart_not_found` and `cart_closed`.
 */
export async function getOpenCart(db: Queryable, cartId: string, actor: Actor | undefined): Promise<FilledCart> {
  const cart = await db.first<FilledCart>(sql`
    select id, buyer_id as "buyerId", state, version, (
      select coalesce(json_agg(
        json_build_object('sku', sku, 'quantity', quantity, 'priceSeen', price_seen) order by added_at, sku), '[]')
      from "order".cart_lines where cart_id = carts.id) as lines
    from "order".carts where id = ${cartId}`)
  return assertUsable(cart, actor)
}

/** Like {@link getOpenCart} without the lines, and locks the cart until the transaction ends. */
export async function lockOpenCart(tx: Transaction, cartId: string, actor: Actor | undefined): Promise<CartRow> {
  const cart = await tx.first<CartRow>(sql`
    select id, buyer_id as "buyerId", state from "order".carts where id = ${cartId} for update`)
  return assertUsable(cart, actor)
}

function assertUsable<Row extends CartRow>(cart: Row | undefined, actor: Actor | undefined): Row {
  if (!cart || (cart.buyerId !== null && cart.buyerId !== actor?.id)) throw cartNotFound()
  if (cart.state !== 'open') throw cartClosed()
  return cart
}

export async function closeCart(tx: Transaction, cartId: string, state: 'ordered' | 'merged'): Promise<void> {
  await tx.later(sql`update "order".carts set state = ${state}, updated_at = now() where id = ${cartId}`)
}

interface LineChange {
  cartId: string
  sku: string
  quantity: number
  /** Adds to the present quantity instead of setting it. */
  add: boolean
}

/** Changes the quantity of a SKU and returns the cart. Raises `sku_not_on_sale`, `cart_full` and `cart_closed`. */
export async function changeLine(change: LineChange, ctx: Context<Actor | undefined>): Promise<Cart> {
  const { cartId, sku } = change
  const cart = await getOpenCart(ctx.db, cartId, ctx.actor)
  // One look-up for the whole cart, because the answer contains all of it.
  const goods = await findGoods([...cart.lines, change], ctx)
  const offer = goods.offerOf.get(sku)
  if (offer?.state !== 'on-sale') throw skuNotOnSale({ sku })
  const { version, line } = await writeLine(ctx.db, change, offer.price)
  if (version === cart.version + 1) return priced(cart, withLine(cart.lines, line), goods)
  // Another request has changed the cart meanwhile: read the lines again.
  const lines = await findLines(ctx.db, cartId)
  return priced(cart, lines, lines.every((line) => goods.skus.has(line.sku)) ? goods : await findGoods(lines, ctx))
}

function withLine(lines: readonly LineRow[], line: LineRow): LineRow[] {
  const place = lines.findIndex(({ sku }) => sku === line.sku)
  return place < 0 ? [...lines, line] : lines.with(place, line)
}

// `updated_at` is indexed, to find abandoned carts. A new value costs an entry in every index of the table, so it
// changes at most once an hour.
const touched = sql`
  version = version + 1,
  updated_at = case when updated_at < now() - interval '1 hour' then now() else updated_at end`

/** Returns the new line and the cart's version. Raises `cart_full` beyond the limits of a cart, and `cart_closed`. */
async function writeLine(
  db: Queryable,
  { cartId, sku, quantity, add }: LineChange,
  price: number,
): Promise<{ version: number; line: LineRow }> {
  try {
    const written = await db.first<{ version: number } & (LineRow | { sku: null })>(sql`
      with cart as (
        update "order".carts set ${touched} where id = ${cartId} and state = 'open' returning id, version
      ), line as (
        insert into "order".cart_lines as l (cart_id, sku, quantity, price_seen)
        select id, ${sku}, ${quantity}, ${price} from cart
        where exists (select 1 from "order".cart_lines where cart_id = ${cartId} and sku = ${sku})
           or (select count(*) from "order".cart_lines where cart_id = ${cartId}) < ${MAX_LINES}
        on conflict (cart_id, sku) do update
          set quantity = excluded.quantity + case when ${add} then l.quantity else 0 end, price_seen = excluded.price_seen
        returning sku, quantity, price_seen as "priceSeen"
      )
      select cart.version, line.* from cart left join line on true`)
    if (!written) throw cartClosed()
    const { version, ...line } = written
    if (line.sku === null) throw cartFull({ lines: MAX_LINES, quantity: MAX_QUANTITY })
    return { version, line }
  } catch (error) {
    if (brokenConstraint(error) === 'cart_lines_quantity_check')
      throw cartFull({ lines: MAX_LINES, quantity: MAX_QUANTITY })
    throw error
  }
}

export async function deleteLine(db: Queryable, cartId: string, sku: string): Promise<void> {
  await db.run(sql`
    with cart as (update "order".carts set ${touched} where id = ${cartId} and state = 'open' returning id)
    delete from "order".cart_lines l using cart where l.cart_id = cart.id and l.sku = ${sku}`)
}

/**
 * Moves the lines of one cart into another; the caller has locked both. Quantities of the same SKU add up, to the
 * limits of a cart. Returns what did not fit.
 */
export function moveLines(tx: Transaction, from: string, to: string): Promise<LeftOut[]> {
  return tx.all<LeftOut>(sql`
    with cart as (
      update "order".carts set ${touched} where id = ${to} returning id
    ), coming as (
      select g.sku, g.quantity, g.price_seen, g.added_at, coalesce(l.quantity, 0) as there,
             -- SKUs that the cart already has need no further line.
             l.sku is not null or row_number() over (partition by l.sku is null order by g.added_at, g.sku)
               <= ${MAX_LINES} - (select count(*) from "order".cart_lines where cart_id = ${to}) as fits
      from "order".cart_lines g left join "order".cart_lines l on l.cart_id = ${to} and l.sku = g.sku
      where g.cart_id = ${from}
    ), moved as (
      insert into "order".cart_lines as l (cart_id, sku, quantity, price_seen, added_at)
      select cart.id, sku, quantity, price_seen, added_at from coming, cart where fits
      on conflict (cart_id, sku) do update set quantity = least(l.quantity + excluded.quantity, ${MAX_QUANTITY})
    )
    select sku, case when fits then there + quantity - ${MAX_QUANTITY} else quantity end as quantity
    from coming where not fits or there + quantity > ${MAX_QUANTITY} order by added_at, sku`)
}

export function findLines(db: Queryable, cartId: string): Promise<LineRow[]> {
  return db.all<LineRow>(sql`
    select sku, quantity, price_seen as "priceSeen" from "order".cart_lines where cart_id = ${cartId}
    order by added_at, sku`)
}

/** The cart with current prices and stock. */
export async function priceCart(cart: CartRow, ctx: Context<Actor | undefined>, found?: LineRow[]): Promise<Cart> {
  const lines = found ?? (await findLines(ctx.db, cart.id))
  return priced(cart, lines, await findGoods(lines, ctx))
}

/** Offers and stock of the SKUs. */
interface Goods {
  skus: ReadonlySet<string>
  offerOf: ReadonlyMap<string, Offer>
  availableOf: ReadonlyMap<string, number>
}

async function findGoods(lines: readonly { sku: string }[], ctx: Context<Actor | undefined>): Promise<Goods> {
  const wanted = new Set(lines.map(({ sku }) => sku))
  const batches = batchesOf([...wanted])
  const [offers, stock] = await Promise.all([
    Promise.all(batches.map((skus) => ctx.client(product).getOffers({ skus }))).then((found) => found.flat()),
    Promise.all(batches.map((skus) => ctx.client(inventory).listAvailability({ skus }))).then((found) => found.flat()),
  ])
  return {
    skus: wanted,
    offerOf: new Map(offers.map((offer) => [offer.sku, offer])),
    availableOf: new Map(stock.map(({ sku, available }) => [sku, available])),
  }
}

/** Splits the SKUs into calls that other services accept: a cart from before the limit may hold more lines. */
function batchesOf(skus: readonly string[]): string[][] {
  const count = Math.ceil(skus.length / MAX_LINES)
  return Array.from({ length: count }, (_, index) => skus.slice(index * MAX_LINES, (index + 1) * MAX_LINES))
}

function priced(cart: CartRow, rows: readonly LineRow[], { offerOf, availableOf }: Goods): Cart {
  const lines = rows.map(({ sku, quantity, priceSeen }): CartLine => {
    const offer = offerOf.get(sku)
    const onSale = offer?.state === 'on-sale'
    const available = onSale ? (availableOf.get(sku) ?? 0) : 0
    const price = offer?.price ?? priceSeen
    return {
      sku,
      productId: offer?.productId ?? null,
      sellerId: offer?.sellerId ?? null,
      sellerName: offer?.sellerName ?? null,
      name: offer?.name ?? null,
      optionText: offer?.optionText ?? null,
      image: offer?.image ?? null,
      quantity,
      price,
      priceSeen,
      lineTotal: price * quantity,
      available,
      problem: !onSale ? 'not_on_sale' : available < quantity ? 'not_enough_stock' : null,
    }
  })
  const total = lines.reduce((sum, line) => sum + (line.problem ? 0 : line.lineTotal), 0)
  return { id: cart.id, buyerId: cart.buyerId, lines, total, currency: 'KRW' }
}
