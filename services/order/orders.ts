import { type Actor, type Context, newId, type Queryable, type SagaFailure, sql, type Transaction } from '@doran/kernel'
import type { Address, Cart, CartLine, Order, OrderLine, OrderStatus, SellerOrder } from './contract.ts'
import { orderNotFound } from './errors.ts'
import { drawOrderNumber } from './order-number.ts'

/** An unpaid order expires after this time. */
export const MINUTES_TO_PAY = 30

/** The highest total of an order in minor units, equal to the largest possible payment. */
export const MAX_TOTAL = 1_000_000_000_000

export interface OrderRow {
  id: string
  number: string
  buyerId: string
  status: OrderStatus
  total: number
  refunded: number
  currency: string
  paymentId: string | null
  expiresAt: string
}

const orderColumns = sql`id, number, buyer_id as "buyerId", status, total, refunded, currency,
  payment_id as "paymentId", expires_at as "expiresAt"`

/** A line without a problem, for which the catalogue knows every field. */
type OrderableLine = CartLine &
  Pick<OrderLine, 'productId' | 'name' | 'optionText'> &
  Pick<SellerOrder, 'sellerId' | 'sellerName'>

/** Splits a cart without problems by seller, in the order in which the sellers first appear. */
function splitBySeller(cart: Cart): SellerOrder[] {
  const bySeller = Map.groupBy(cart.lines as OrderableLine[], ({ sellerId }) => sellerId)
  return [...bySeller].map(([sellerId, lines]) => ({
    id: newId(),
    sellerId,
    sellerName: (lines[0] as OrderableLine).sellerName,
    status: 'pending',
    held: false,
    subtotal: lines.reduce((sum, { lineTotal }) => sum + lineTotal, 0),
    lines: lines.map(({ sku, productId, name, optionText, image, quantity, price, lineTotal }) => ({
      sku,
      productId,
      name,
      optionText,
      image,
      quantity,
      price,
      total: lineTotal,
    })),
  }))
}

/**
 * Inserts the order, its parts, their lines and the first entry of its history in one statement. Returns the order as
 * {@link getOrderView} would.
 */
export async function insertOrder(
  tx: Transaction,
  order: { cart: Cart; buyerId: string; address: Address; note: string },
): Promise<Order> {
  const { cart, buyerId, address, note } = order
  const sellers = splitBySeller(cart)
  const lines = sellers.flatMap(({ id, lines }) =>
    lines.map((line, position) => ({ ...line, sellerOrderId: id, position })),
  )
  for (let draw = 1; ; draw++) {
    const placed = await tx.first<OrderRow & { placedAt: string }>(sql`
      with placed as (
        insert into "order".orders (id, number, buyer_id, cart_id, total, currency, address, note, expires_at)
        values (${newId()}, ${drawOrderNumber(draw)}, ${buyerId}, ${cart.id}, ${cart.total}, ${cart.currency},
                ${sql.json(address)}, ${note}, now() + make_interval(mins => ${MINUTES_TO_PAY}))
        on conflict (number) do nothing
        returning ${orderColumns}, placed_at as "placedAt"
      ), parts as (
        insert into "order".seller_orders (id, order_id, position, seller_id, seller_name, subtotal)
        select part.id, placed.id, part.position, part.seller_id, part.seller_name, part.subtotal
        from placed, unnest(${sellers.map(({ id }) => id)}::uuid[], ${sellers.map(({ sellerId }) => sellerId)}::uuid[],
                            ${sellers.map(({ sellerName }) => sql.json(sellerName))}::jsonb[],
                            ${sellers.map(({ subtotal }) => subtotal)}::bigint[])
                     with ordinality as part (id, seller_id, seller_name, subtotal, position)
      ), lines as (
        insert into "order".order_lines
          (seller_order_id, position, sku, product_id, name, option_text, image, quantity, price)
        select line.* from placed, jsonb_to_recordset(${sql.json(lines)}::jsonb)
          as line ("sellerOrderId" uuid, position int, sku text, "productId" uuid, name jsonb, "optionText" jsonb,
                   image text, quantity int, price bigint)
      ), history as (
        insert into "order".history (order_id, at, what) select id, "placedAt", 'placed' from placed
      )
      select * from placed`)
    // The number is taken: draw again.
    if (!placed) continue
    const timeline = [{ at: placed.placedAt, what: 'placed', details: {} }]
    return { ...placed, failure: null, address, note, paidAt: null, sellers, timeline }
  }
}

/** Locks the order until the transaction ends. Raises `order_not_found`, also when the actor may not see the order. */
export async function lockOrder(tx: Transaction, orderId: string, actor?: Actor): Promise<OrderRow> {
  const order = await tx.first<OrderRow>(
    sql`select ${orderColumns} from "order".orders where id = ${orderId} for update`,
  )
  if (!order || (actor && !maySee(order, actor))) throw orderNotFound()
  return order
}

function maySee(order: Pick<OrderRow, 'buyerId'>, actor: Actor): boolean {
  return order.buyerId === actor.id || actor.roles.includes('admin')
}

/** Whether this payment of the order (or any payment) was started, with its stock held. */
export async function wasPaymentStarted(db: Queryable, orderId: string, paymentId?: string): Promise<boolean> {
  const found = await db.first(sql`
    select 1 from "order".history where order_id = ${orderId} and what = 'payment_started'
      and (${paymentId ?? null}::text is null or details ->> 'paymentId' = ${paymentId ?? null}) limit 1`)
  return found !== undefined
}

/**
 * The whole order as its buyer sees it, read in one statement. Raises `order_not_found`, also when the actor may not
 * see the order.
 */
export async function getOrderView(db: Queryable, orderId: string, actor?: Actor): Promise<Order> {
  const order = await db.first<Order>(sql`
    select ${orderColumns}, failure, address, note, placed_at as "placedAt", paid_at as "paidAt",
      (select json_agg(json_build_object(
          'id', s.id, 'sellerId', s.seller_id, 'sellerName', s.seller_name, 'status', s.status,
          'held', s.held_at is not null, 'subtotal', s.subtotal,
          'lines', (${linesOf(sql`s.id`)})) order by s.position)
       from "order".seller_orders s where s.order_id = o.id) as sellers,
      (select json_agg(json_build_object(
          'at', ${sql.time(sql`h.at`)}, 'what', h.what, 'details', h.details) order by h.id)
       from "order".history h where h.order_id = o.id) as timeline
    from "order".orders o where id = ${orderId}`)
  if (!order || (actor && !maySee(order, actor))) throw orderNotFound()
  return order
}

/** The lines of a seller's part as a JSON array. */
export function linesOf(sellerOrderId: ReturnType<typeof sql>) {
  return sql`select json_agg(json_build_object(
      'sku', l.sku, 'productId', l.product_id, 'name', l.name, 'optionText', l.option_text, 'image', l.image,
      'quantity', l.quantity, 'price', l.price, 'total', l.price * l.quantity) order by l.position)
    from "order".order_lines l where l.seller_order_id = ${sellerOrderId}`
}

export async function addHistory(
  tx: Transaction,
  orderId: string,
  what: string,
  details: Record<string, unknown> = {},
): Promise<void> {
  await tx.later(sql`
    insert into "order".history (order_id, what, details) values (${orderId}, ${what}, ${sql.json(details)})`)
}

/** The parts of an order as events describe them. */
export function partsForEvent(sellers: readonly Pick<SellerOrder, 'id' | 'sellerId' | 'subtotal' | 'lines'>[]) {
  return sellers.map(({ id, sellerId, subtotal, lines }) => ({
    sellerOrderId: id,
    sellerId,
    subtotal,
    lines: lines.map(({ sku, productId, quantity, price }) => ({ sku, productId, quantity, price })),
  }))
}

/** The code and message of a refused payment that the buyer sees. */
export type Refusal = Pick<SagaFailure, 'code' | 'message'>

/** Ends the attempt to pay. The buyer may try again with another card. */
export async function refusePayment(tx: Transaction, orderId: string, { code, message }: Refusal): Promise<void> {
  await tx.later(sql`
    update "order".orders set status = 'awaiting_payment', payment_id = null, failure = ${sql.json({ code, message })}
    where id = ${orderId}`)
  await addHistory(tx, orderId, 'payment_failed', { code, message })
}

/** Cancels the whole order before anything was shipped. */
export async function cancelWhole(
  tx: Transaction,
  orderId: string,
  why: Partial<Refusal> & { reason?: string },
): Promise<void> {
  const failure = why.code ? sql.json({ code: why.code, message: why.message }) : null
  await tx.later(sql`update "order".orders set status = 'cancelled', failure = ${failure} where id = ${orderId}`)
  await tx.later(sql`update "order".seller_orders set status = 'cancelled' where order_id = ${orderId}`)
  await addHistory(tx, orderId, 'cancelled', why)
}

/** The topic of {@link announce} and {@link waitForOutcome}. */
const topicOf = (orderId: string) => `order:${orderId}`

/** When the transaction commits, wakes the requests that wait for the order's outcome. */
export function announce(tx: Transaction, orderId: string, ctx: Pick<Context, 'channel'>): Promise<void> {
  return ctx.channel.publish(tx, topicOf(orderId), null)
}

/** Waits until the order is no longer `processing`, or until a second before the deadline. */
export async function waitForOutcome(orderId: string, ctx: Context): Promise<void> {
  const { promise: decided, resolve } = Promise.withResolvers<void>()
  const unsubscribe = ctx.channel.subscribe(topicOf(orderId), () => resolve())
  // The answer still has to be sent before the caller stops waiting.
  const timeout = setTimeout(resolve, Math.max(0, ctx.deadline.remaining - 1_000))
  try {
    const { status } = await ctx.db.one<OrderRow>(sql`select status from "order".orders where id = ${orderId}`)
    if (status === 'processing') await decided
  } finally {
    clearTimeout(timeout)
    unsubscribe()
  }
}
