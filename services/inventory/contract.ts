import {
  Cursor,
  contract,
  event,
  get,
  Id,
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

/** Up to so many anyone may count; how much more there is stays with the seller. */
export const MOST_TOLD = 10

/** What anyone may know of a SKU's stock. */
export const Availability = Type.Object({
  sku: Sku,
  /** How many can be bought; with `enough` there may be more. */
  available: Type.Integer({ minimum: 0, maximum: MOST_TOLD }),
  level: Type.Enum(['none', 'few', 'enough']),
})
export type Availability = Static<typeof Availability>

/** What other services know of it. */
export const ExactAvailability = Type.Object({
  sku: Sku,
  /** On hand less what is reserved; never negative. */
  available: Type.Integer({ minimum: 0 }),
})
export type ExactAvailability = Static<typeof ExactAvailability>

/** What the seller of a SKU sees. */
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

/** One line of the ledger. Summed over a SKU the changes give its stock. */
export const Movement = Type.Object({
  id: Id,
  sku: Sku,
  kind: Type.Enum(['set', 'adjust', 'reserve', 'release', 'expire', 'commit', 'restock']),
  /** Change of what is on hand. */
  onHand: Type.Integer(),
  /** Change of what is reserved. */
  reserved: Type.Integer(),
  /** The order or other cause, where there is one. */
  reference: Type.Union([Type.String(), Type.Null()]),
  note: Type.Union([Type.String(), Type.Null()]),
  at: Timestamp,
})
export type Movement = Static<typeof Movement>

/** The same SKU may stand in several lines; quantities add up. */
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
  /** Raises `sku_unknown`, also for SKUs that only drafts have had. */
  getAvailability: get('/inventory/:sku', {
    summary: 'Whether a SKU can be bought, and how many of it as far as they are few',
    path: SkuInPath,
    reply: Availability,
    access: 'anyone',
  }),
  /** SKUs that are not known, or only to drafts, are left out; one that is asked for twice is answered once. */
  getAvailabilities: get('/inventory', {
    summary: 'Whether up to 100 SKUs can be bought, and how many of each as far as they are few',
    query: Type.Object({ sku: Type.Array(Sku, { minItems: 1, maxItems: 100 }) }),
    reply: Type.Array(Availability),
    access: 'anyone',
  }),
  /** Sellers see and change what is theirs, administrators all: raises `sku_unknown`, `sku_not_yours`. */
  getStock: get('/inventory/:sku/stock', {
    summary: "A seller's view of a SKU's stock",
    path: SkuInPath,
    reply: Stock,
    access: ['seller', 'admin'],
  }),
  /** Raises `stock_too_low` below what is reserved, and what `getStock` does. */
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
  /** Raises `stock_too_low` when less than what is reserved would be left, and what `getStock` does. */
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
  /** Raises what `getStock` does. */
  listMovements: get('/inventory/:sku/movements', {
    summary: "A SKU's ledger, newest first",
    path: SkuInPath,
    query: Type.Object({ cursor: Cursor, limit: PageSize }),
    reply: page(Movement),
    access: ['seller', 'admin'],
  }),
  /** SKUs that are not known are left out. */
  listAvailability: post('/inventory/availability', {
    summary: 'How many of each of several SKUs can be bought',
    body: Type.Object({ skus: Type.Array(Sku, { maxItems: 200 }) }),
    reply: Type.Array(ExactAvailability),
    access: 'internal',
    idempotent: true,
  }),
  /** SKUs that are not known are left out. */
  listStock: post('/inventory/stock', {
    summary: 'What is on hand and reserved of several SKUs',
    body: Type.Object({ skus: Type.Array(Sku, { maxItems: 200 }) }),
    reply: Type.Array(Type.Object({ sku: Sku, onHand: Type.Integer(), reserved: Type.Integer() })),
    access: 'internal',
    idempotent: true,
  }),
  /**
   * Makes SKUs known, or sets them anew; used when a catalogue is loaded. With `known: 'keep'` a SKU whose stock has
   * ever been entered keeps stock and seller, so a catalogue may be loaded again beside running sales. Of a SKU that
   * occurs twice the last one counts. `loaded` says how many SKUs were taken. All or none: refused with
   * `stock_too_low` when a SKU has more reserved than it would have on hand.
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
   * Holds all lines or none, until `until` at least. The same order again answers its reservation, which is held for
   * longer when little of its time is left, and taken again when it has expired. Refused with `out_of_stock`, whose
   * `lines` say for each SKU that is short what was `wanted` and what is `available` (nothing of a SKU that is not
   * known); with `reservation_released` after a release, which may have come before; with `reservation_mismatch` when
   * the order has a reservation with other lines; with `quantity_too_large` when the lines of a SKU add up to more than
   * 9,999.
   */
  reserve: post('/inventory/reservations', {
    summary: 'Hold stock for an order',
    body: Type.Object({ orderId: Id, lines: Lines, until: Type.Optional(Timestamp) }),
    reply: Reservation,
    access: 'internal',
    idempotent: true,
  }),
  /**
   * A reservation that has expired is taken again if there is stock, else refused with `out_of_stock`. Refused with
   * `reservation_released` after a release, with `reservation_unknown` when there never was one.
   */
  commit: post('/inventory/reservations/:orderId/commit', {
    summary: 'Turn the hold of a paid order into a sale',
    path: Type.Object({ orderId: Id }),
    reply: Reservation,
    access: 'internal',
    idempotent: true,
  }),
  /**
   * Final, whatever came before it: what was held is available again, and what was committed goes back on hand, so
   * it may undo a purchase whose outcome is unknown. Without a reservation nothing moves. A `reserve` or `commit`
   * for the order that comes later is refused with `reservation_released`. Do not `restock` what was released.
   */
  release: post('/inventory/reservations/:orderId/release', {
    summary: 'Give up the hold of an order that will not be paid',
    path: Type.Object({ orderId: Id }),
    access: 'internal',
    idempotent: true,
  }),
  /**
   * `reference` names the return or cancellation: stock comes back once for each. SKUs that have no stock here are
   * `unknown` and left out, for what is sent back must not be refused.
   */
  restock: post('/inventory/restocks', {
    summary: 'Put sold goods back on the shelf',
    body: Type.Object({ reference: Type.String({ minLength: 1, maxLength: 200 }), lines: Lines }),
    reply: Type.Object({ unknown: Type.Array(Sku) }),
    access: 'internal',
    idempotent: true,
  }),
})

/** Published when what can be bought of a SKU has changed; a higher version is newer. */
export const stockChanged = event(
  'inventory.stock-changed',
  Type.Object({ sku: Sku, available: Type.Integer(), version: Type.Integer() }),
)

/** Published when availability falls from above the seller's threshold to it or below. */
export const stockLow = event(
  'inventory.stock-low',
  Type.Object({ sku: Sku, sellerId: Id, available: Type.Integer(), lowStockAt: Type.Integer() }),
)
