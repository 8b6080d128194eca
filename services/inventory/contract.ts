import {
  Cursor,
  contract,
  event,
  get,
  Id,
  Nullable,
  PageSize,
  page,
  post,
  put,
  type Static,
  Timestamp,
  Type,
} from '@doran/kernel/contract'
import { Sku } from '@doran/product/contract'

export const Quantity = Type.Integer({ minimum: 1, maximum: 9_999 })

/** The highest quantity that the public sees. Only the seller sees how much more there is. */
export const MAX_SHOWN_QUANTITY = 10

/** The public view of a SKU's stock. */
export const Availability = Type.Object({
  sku: Sku,
  /** How many can be bought. With the level `enough` there may be more. */
  available: Type.Integer({ minimum: 0, maximum: MAX_SHOWN_QUANTITY }),
  level: Type.Enum(['none', 'few', 'enough']),
})
export type Availability = Static<typeof Availability>

/** Other services' view of a SKU's stock. */
export const ExactAvailability = Type.Object({
  sku: Sku,
  /** On hand less reserved; never negative. */
  available: Type.Integer({ minimum: 0 }),
})
export type ExactAvailability = Static<typeof ExactAvailability>

/** The seller's view of a SKU's stock. */
export const Stock = Type.Object({
  sku: Sku,
  sellerId: Id,
  onHand: Type.Integer({ minimum: 0 }),
  reserved: Type.Integer({ minimum: 0 }),
  available: Type.Integer({ minimum: 0 }),
  /** At or below this many available, `inventory.stock-low` is published; 0 turns it off. */
  lowStockAt: Type.Integer({ minimum: 0 }),
  updatedAt: Timestamp,
})
export type Stock = Static<typeof Stock>

/** One entry of the ledger. The sums of a SKU's entries are its stock. */
export const Movement = Type.Object({
  id: Id,
  sku: Sku,
  kind: Type.Enum(['set', 'adjust', 'reserve', 'release', 'expire', 'commit', 'restock']),
  /** Change of the quantity on hand. */
  onHand: Type.Integer(),
  /** Change of the reserved quantity. */
  reserved: Type.Integer(),
  /** The order or other cause, if any. */
  reference: Nullable(Type.String()),
  note: Nullable(Type.String()),
  at: Timestamp,
})
export type Movement = Static<typeof Movement>

/** A SKU may occur in several lines; their quantities add up. */
export const Lines = Type.Array(Type.Object({ sku: Sku, quantity: Quantity }), { minItems: 1, maxItems: 200 })

export const Reservation = Type.Object({
  orderId: Id,
  state: Type.Enum(['held', 'committed', 'released']),
  /** A held reservation is released after this time. */
  expiresAt: Timestamp,
  lines: Lines,
})
export type Reservation = Static<typeof Reservation>

const SkuInPath = Type.Object({ sku: Sku })

export const inventory = contract('inventory', {
  /** Raises `sku_unknown`, also for SKUs that have never been on sale. */
  getAvailability: get('/inventory/:sku', {
    summary: 'Whether a SKU can be bought, and how many of it as far as they are few',
    path: SkuInPath,
    reply: Availability,
    access: 'anyone',
  }),
  /** Omits unknown SKUs and SKUs that have never been on sale. A repeated SKU is answered once. */
  getAvailabilities: get('/inventory', {
    summary: 'Whether up to 100 SKUs can be bought, and how many of each as far as they are few',
    query: Type.Object({ sku: Type.Array(Sku, { minItems: 1, maxItems: 100 }) }),
    reply: Type.Array(Availability),
    access: 'anyone',
  }),
  /** For the SKU's seller and for administrators. Raises `sku_unknown` and `sku_not_yours`. */
  getStock: get('/inventory/:sku/stock', {
    summary: "A seller's view of a SKU's stock",
    path: SkuInPath,
    reply: Stock,
    access: ['seller', 'admin'],
  }),
  /** Raises `stock_too_low` when `onHand` is below the reserved quantity, and the errors of `getStock`. */
  setStock: put('/inventory/:sku/stock', {
    summary: 'Set what is on hand, after counting',
    path: SkuInPath,
    body: Type.Object({
      onHand: Type.Integer({ minimum: 0, maximum: 10_000_000 }),
      lowStockAt: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000 })),
      note: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    reply: Stock,
    access: ['seller', 'admin'],
  }),
  /** Raises `stock_too_low` when less than the reserved quantity would be left, and the errors of `getStock`. */
  adjustStock: post('/inventory/:sku/adjustments', {
    summary: 'Add to or take from what is on hand',
    path: SkuInPath,
    body: Type.Object({
      change: Type.Integer({ minimum: -10_000_000, maximum: 10_000_000 }),
      note: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    reply: Stock,
    access: ['seller', 'admin'],
  }),
  /** Raises the errors of `getStock`. */
  listMovements: get('/inventory/:sku/movements', {
    summary: "A SKU's ledger, newest first",
    path: SkuInPath,
    query: Type.Object({ cursor: Cursor, limit: PageSize }),
    reply: page(Movement),
    access: ['seller', 'admin'],
  }),
  /** Omits unknown SKUs. */
  listAvailability: post('/inventory/availability', {
    summary: 'How many of each of several SKUs can be bought',
    body: Type.Object({ skus: Type.Array(Sku, { maxItems: 200 }) }),
    reply: Type.Array(ExactAvailability),
    access: 'internal',
    idempotent: true,
  }),
  /** Omits unknown SKUs. */
  listStock: post('/inventory/stock', {
    summary: 'What is on hand and reserved of several SKUs',
    body: Type.Object({ skus: Type.Array(Sku, { maxItems: 200 }) }),
    reply: Type.Array(Type.Object({ sku: Sku, onHand: Type.Integer(), reserved: Type.Integer() })),
    access: 'internal',
    idempotent: true,
  }),
  /**
   * Registers SKUs with their stock, or overwrites those that exist; used when a catalogue is loaded. With
   * `known: 'keep'` a SKU whose stock has ever changed keeps its stock and seller, so a catalogue can be loaded again
   * during sales. If a SKU occurs twice, its last item counts. `loaded` is the number of SKUs that were written. Applies all
   * items or none: refused with `stock_too_low` when a SKU has more reserved than it would have on hand.
   */
  loadStock: post('/inventory/load', {
    summary: 'Enter SKUs with their sellers and what is on hand',
    body: Type.Object({
      items: Type.Array(Type.Object({ sku: Sku, sellerId: Id, onHand: Type.Integer({ minimum: 0 }) }), {
        maxItems: 5_000,
      }),
      known: Type.Optional(Type.Enum(['set', 'keep'], { default: 'set' })),
    }),
    reply: Type.Object({ loaded: Type.Integer() }),
    access: 'internal',
    idempotent: true,
  }),
  /**
   * Holds all lines or none, at least until `until`. A repetition for the same order returns its reservation, extends
   * it when little of its time is left, and takes the stock again when it has expired. Refused with
   * - `out_of_stock`: for each SKU that is short, `lines` has the `wanted` and the `available` quantity (0 if unknown);
   * - `reservation_released` after a release, even one that came before the first `reserve`;
   * - `reservation_mismatch` when the order has a reservation with other lines;
   * - `quantity_too_large` when the lines of a SKU add up to more than 9,999.
   */
  reserve: post('/inventory/reservations', {
    summary: 'Hold stock for an order',
    body: Type.Object({ orderId: Id, lines: Lines, until: Type.Optional(Timestamp) }),
    reply: Reservation,
    access: 'internal',
    idempotent: true,
  }),
  /**
   * Takes the stock of an expired reservation again, or refuses it with `out_of_stock`. Refused with
   * `reservation_released` after a release, and with `reservation_unknown` when the order never had a reservation.
   */
  commit: post('/inventory/reservations/:orderId/commit', {
    summary: 'Turn the hold of a paid order into a sale',
    path: Type.Object({ orderId: Id }),
    reply: Reservation,
    access: 'internal',
    idempotent: true,
  }),
  /**
   * Final in every state: held stock becomes available again, and committed stock goes back on hand, so a release can
   * undo a purchase whose outcome is unknown. Without a reservation no stock moves. A later `reserve` or `commit` for
   * the order is refused with `reservation_released`. Do not `restock` released stock.
   */
  release: post('/inventory/reservations/:orderId/release', {
    summary: 'Give up the hold of an order that will not be paid',
    path: Type.Object({ orderId: Id }),
    access: 'internal',
    idempotent: true,
  }),
  /**
   * `reference` names the return or cancellation; stock comes back once per reference. SKUs that the inventory does not
   * know are skipped and listed in `unknown`, because a return must not be refused.
   */
  restock: post('/inventory/restocks', {
    summary: 'Put sold goods back on the shelf',
    body: Type.Object({ reference: Type.String({ minLength: 1, maxLength: 200 }), lines: Lines }),
    reply: Type.Object({ unknown: Type.Array(Sku) }),
    access: 'internal',
    idempotent: true,
  }),
})

/** Published when the available quantity of a SKU has changed. A higher version is newer. */
export const stockChanged = event(
  'inventory.stock-changed',
  Type.Object({ sku: Sku, available: Type.Integer(), version: Type.Integer() }),
)

/** Published when the available quantity falls from above the seller's threshold to the threshold or below. */
export const stockLow = event(
  'inventory.stock-low',
  Type.Object({ sku: Sku, sellerId: Id, available: Type.Integer(), lowStockAt: Type.Integer() }),
)
