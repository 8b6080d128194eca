import { event, Id, type Static, Type } from '@doran/kernel/contract'
import { Attribute, Option, Sku, Slug, State, Summary, Text } from './schemas.ts'

/** A product in events: everything that a search engine or a copy of the catalogue needs. */
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
/** A product on sale has new content or prices. */
export const productChanged = event('product.product-changed', ProductNews)
/** The product is no longer on sale; `state` is its new state. */
export const productStateChanged = event('product.product-state-changed', ProductNews)
/** The product has new SKUs, or SKUs that buyers may see from now on. */
export const variantsListed = event(
  'product.variants-listed',
  Type.Object({
    productId: Id,
    sellerId: Id,
    skus: Type.Array(Sku),
    /** Whether buyers may see them, from now on and for good; true when absent. */
    isPublic: Type.Optional(Type.Boolean()),
  }),
)
/**
 * A shop is closed while its seller is not active or does not hold the seller role. Its products are neither listed nor
 * sold; they keep their state, so they have no events of their own. A higher version is newer.
 */
export const shopStandingChanged = event(
  'product.shop-standing-changed',
  Type.Object({ sellerId: Id, isOpen: Type.Boolean(), version: Type.Integer() }),
)
