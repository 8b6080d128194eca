import { event, Id, type Static, Type } from '@doran/kernel/contract'
import { Attribute, Option, Sku, Slug, State, Summary, Text } from './schemas.ts'

/** A product as the events carry it: all that a search engine or a copy of the catalogue needs. */
export const ProductNews = Type.Object({
  ...Summary.properties,
  state: State,
  description: Text,
  attributes: Type.Array(Attribute),
  options: Type.Array(Option),
  skus: Type.Array(Sku),
  /** Slugs from the topmost category to the product's own. */
  categoryPath: Type.Array(Slug),
  /** A higher version is newer. */
  version: Type.Integer(),
})
export type ProductNews = Static<typeof ProductNews>

/** The product went on sale. */
export const productListed = event('product.product-listed', ProductNews)
/** A product that is on sale reads or costs otherwise than before. */
export const productChanged = event('product.product-changed', ProductNews)
/** The product is no longer on sale; `state` says what it is now. */
export const productStateChanged = event('product.product-state-changed', ProductNews)
/** The product has SKUs that nobody has heard of before, or that buyers may know of from now on. */
export const variantsListed = event(
  'product.variants-listed',
  Type.Object({
    productId: Id,
    sellerId: Id,
    skus: Type.Array(Sku),
    /** Whether buyers may know of them, which they may for ever; true where it is not said. */
    isPublic: Type.Optional(Type.Boolean()),
  }),
)
/**
 * A shop is closed while its seller is not active or does not hold the role. Nothing of it is listed or sold, although its
 * products keep their state; no event tells of each of them. A higher version is newer.
 */
export const shopStandingChanged = event(
  'product.shop-standing-changed',
  Type.Object({ sellerId: Id, isOpen: Type.Boolean(), version: Type.Integer() }),
)
