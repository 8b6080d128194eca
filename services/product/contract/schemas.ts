/** Schemas of the catalogue: products and their parts, categories, brands and shops. */
import { Amount, Currency, Id, Nullable, type Static, Timestamp, Type } from '@doran/kernel/contract'

// Nobody types control characters or halves of surrogate pairs, and PostgreSQL refuses NUL and half pairs.
const ONE_LINE = '^(?=.*\\S)[^\\p{Cc}\\p{Cs}]*$'
const ONE_LINE_OR_NOTHING = '^[^\\p{Cc}\\p{Cs}]*$'
const LINES = '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f\\p{Cs}]*$'
const LABEL = '^(?=.*\\S)[^\\p{Cc}\\p{Cs}:]*$'

/** One line of text that is not blank. */
export const line = (maxLength: number, pattern = ONE_LINE) =>
  Type.String({
    minLength: 1,
    maxLength,
    pattern,
    visible: 'line',
    errorMessage: `must be 1 to ${maxLength} characters on one line`,
  })

/** The same text in Korean and in English. */
function localised<T extends ReturnType<typeof Type.String>>(text: T) {
  return Type.Object({ ko: text, en: text }, { additionalProperties: false })
}

/**
 * Globally unique: a SKU identifies one variant of one product of one seller. Its characters need no escaping in URLs.
 * The first alternative of the pattern is what the API accepted originally; the second accepts all of that, and more.
 */
export const Sku = Type.String({
  pattern: '^[A-Z0-9][A-Z0-9-]{1,63}$|^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  errorMessage: 'must be 1 to 64 Latin letters, digits, points, hyphens and underscores, a letter or digit first',
})

/** The name of a category, brand or seller in URLs. It never changes. */
export const Slug = Type.String({
  maxLength: 64,
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  errorMessage: 'must be up to 64 small letters and digits, in parts joined by hyphens',
})

/** The languages of the catalogue's texts, and of the order of names. */
export const Language = Type.Enum(['ko', 'en'])
export type Language = Static<typeof Language>

/** A name in Korean and English, one line each. */
export const Name = localised(line(200))
export type Name = Static<typeof Name>

const Label = localised(
  Type.String({
    minLength: 1,
    maxLength: 80,
    pattern: LABEL,
    visible: 'line',
    errorMessage: 'must be 1 to 80 characters, no colon',
  }),
)
const ValueName = localised(line(80))
/** A text of several lines in Korean and English. */
export const Text = localised(
  Type.String({ maxLength: 10_000, pattern: LINES, errorMessage: 'must be up to 10,000 characters of text' }),
)
const Alt = localised(
  Type.String({
    maxLength: 200,
    pattern: ONE_LINE_OR_NOTHING,
    errorMessage: 'must be up to 200 characters on one line',
  }),
)
/** The schema, or null. */
/**
 * `draft`: not published yet; `on-sale`: everyone can see and buy it; `stopped`: withdrawn from sale, or a dropped
 * draft.
 */
export const State = Type.Enum(['draft', 'on-sale', 'stopped'])
export type State = Static<typeof State>

/** A picture with its alternative text. */
export const Image = Type.Object(
  {
    url: Type.String({
      maxLength: 1_000,
      pattern: '^(https?://[^\\s\\p{Cc}\\p{Cs}/]|/(?!/))[^\\s\\p{Cc}\\p{Cs}]*$',
      errorMessage: 'must be an http(s) address, or a path that begins with a slash',
    }),
    alt: Alt,
  },
  { additionalProperties: false },
)
export type Image = Static<typeof Image>

/** A row of the product's table of facts, for example 소재: 면 / Material: cotton. */
export const Attribute = Type.Object({ name: Label, value: localised(line(500)) }, { additionalProperties: false })
export type Attribute = Static<typeof Attribute>

/** `code` identifies the value within its option. */
export const OptionValue = Type.Object({ code: Slug, name: ValueName }, { additionalProperties: false })

/** A choice for the buyer, for example the size, with its values. Each value belongs to at least one variant. */
export const Option = Type.Object(
  {
    name: Label,
    values: Type.Array(OptionValue, { minItems: 1, maxItems: 100, errorMessage: 'must be 1 to 100 values' }),
  },
  { additionalProperties: false },
)
export type Option = Static<typeof Option>

const Price = Type.Integer({
  minimum: 0,
  maximum: 1_000_000_000,
  errorMessage: 'must be whole won, 0 to 1,000,000,000',
})

const variantFields = {
  sku: Sku,
  /** Minor units of the currency; won have none. */
  price: Price,
  currency: Type.Literal('KRW', { errorMessage: 'must be KRW' }),
  /** The code of one value per option, in the order of the options. */
  options: Type.Array(Slug, { maxItems: 3 }),
}

/** The unit of sale: one combination of option values. */
export const Variant = Type.Object({
  ...variantFields,
  /** The price before a reduction, higher than `price`. */
  compareAtPrice: Nullable(Price),
})
export type Variant = Static<typeof Variant>

/** A variant as a seller writes it. */
export const NewVariant = Type.Object(
  {
    ...variantFields,
    currency: Type.Optional(variantFields.currency),
    options: Type.Optional(variantFields.options),
    compareAtPrice: Type.Optional(Nullable(Price)),
  },
  { additionalProperties: false },
)

/** The seller's own name for a product, unique among the seller's products; CSV rows are matched by it. */
export const Key = line(64)

/** The fields of a product that a seller writes through any operation: all but its key and its state. */
export const contentFields = {
  category: Slug,
  brand: Type.Optional(Nullable(Slug)),
  name: Name,
  description: Type.Optional(Text),
  attributes: Type.Optional(Type.Array(Attribute, { maxItems: 50, errorMessage: 'must be at most 50 facts' })),
  images: Type.Optional(Type.Array(Image, { maxItems: 20, errorMessage: 'must be at most 20 pictures' })),
  options: Type.Optional(Type.Array(Option, { maxItems: 3, errorMessage: 'must be at most 3 options' })),
  variants: Type.Array(NewVariant, { minItems: 1, maxItems: 500, errorMessage: 'must be 1 to 500 variants' }),
}

/** A product as a seller writes it. `key` defaults to the first SKU. */
export const NewProduct = Type.Object({
  key: Type.Optional(Key),
  state: Type.Optional(Type.Enum(['draft', 'on-sale'])),
  ...contentFields,
})
export type NewProduct = Static<typeof NewProduct>

/** A product as a CSV file describes it, in any state. */
export const ImportedProduct = Type.Object({ key: Key, state: State, ...contentFields })
export type ImportedProduct = Static<typeof ImportedProduct>

export const Category = Type.Object({
  slug: Slug,
  name: Name,
  parent: Nullable(Slug),
  /** Smaller comes first among the children of one parent. */
  position: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
})
export type Category = Static<typeof Category>

/** The maximum number of levels in the tree of categories. */
export const CATEGORY_DEPTH = 4

/** A category with everything below it. */
export interface CategoryNode {
  slug: string
  name: Name
  position: number
  children: CategoryNode[]
}

/** All categories, down to the deepest level. */
export const CategoryTree = Type.Unsafe<CategoryNode>(categoryLevel(1))

function categoryLevel(depth: number): ReturnType<typeof Type.Object> {
  return Type.Object({
    slug: Slug,
    name: Name,
    position: Type.Integer(),
    children:
      depth < CATEGORY_DEPTH ? Type.Array(categoryLevel(depth + 1)) : Type.Array(Type.Unknown(), { maxItems: 0 }),
  })
}

export const Brand = Type.Object({ slug: Slug, name: Name })
export type Brand = Static<typeof Brand>

/** A shop as buyers see it; `id` is the user who owns it. */
export const Seller = Type.Object({ id: Id, slug: Slug, name: Name, about: Text })
export type Seller = Static<typeof Seller>

/** A product in a list. */
export const Summary = Type.Object({
  id: Id,
  name: Name,
  image: Nullable(Image),
  /** Lowest and highest price of its variants. */
  priceFrom: Amount,
  priceTo: Amount,
  currency: Currency,
  seller: Type.Object({ id: Id, name: Name }),
  brand: Nullable(Brand),
  category: Slug,
  createdAt: Timestamp,
})
export type Summary = Static<typeof Summary>

/** A product with everything that its page shows. */
export const Product = Type.Object({
  id: Id,
  key: Key,
  state: State,
  seller: Type.Object({ id: Id, slug: Slug, name: Name }),
  category: Slug,
  brand: Nullable(Brand),
  name: Name,
  description: Text,
  attributes: Type.Array(Attribute),
  images: Type.Array(Image),
  options: Type.Array(Option),
  variants: Type.Array(Variant),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  /** Increased by one with each change. */
  version: Type.Integer(),
})
export type Product = Static<typeof Product>

/** The current facts about a SKU for carts and checkout; never cached. */
export const Offer = Type.Object({
  sku: Sku,
  productId: Id,
  sellerId: Id,
  sellerName: Name,
  name: Name,
  /** The chosen values, for example `용량: 3kg`; empty for a product without options. */
  optionText: Type.Object({ ko: Type.String(), en: Type.String() }),
  image: Nullable(Type.String()),
  price: Amount,
  currency: Currency,
  state: State,
})
export type Offer = Static<typeof Offer>

const RowMessage = Type.Object({
  /** Line of the file on which the row begins; the header is line 1. */
  row: Type.Integer(),
  /** The column's name in the file; null for the whole row, and for a column that the file does not have. */
  column: Nullable(Type.String()),
  message: Type.String(),
})

/**
 * The result of a CSV import. A product with a bad row stays as it was; all others are imported. Counts all errors,
 * warnings and removed variants, and lists the first 200 of each.
 */
export const ImportReport = Type.Object({
  /** True when nothing was written; the report shows what the import would have done. */
  dryRun: Type.Boolean(),
  created: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  /** Variants whose stock in the file differs from the quantity on hand. */
  stockChanged: Type.Integer(),
  /** Products for which the time did not suffice. Importing the same file again continues with them. */
  notReached: Type.Integer(),
  errorCount: Type.Integer(),
  errors: Type.Array(RowMessage),
  /** Rows that were imported, but perhaps not as intended. */
  warningCount: Type.Integer(),
  warnings: Type.Array(RowMessage),
  removedCount: Type.Integer(),
  /** Removed variants, which the file no longer names, with the line on which their product begins. */
  removed: Type.Array(Type.Object({ row: Type.Integer(), sku: Sku })),
  /** Columns that were not read, by their names in the file. */
  ignoredColumns: Type.Array(Type.String()),
})
export type ImportReport = Static<typeof ImportReport>

/** A product for {@link product}`.loadCatalogue`. Seller and key identify it. */
export const CatalogueProduct = Type.Object({
  /** The id of a new product; an existing product keeps its own. */
  id: Type.Optional(Id),
  sellerId: Id,
  key: Type.Optional(Key),
  /** `on-sale` by default. */
  state: Type.Optional(State),
  createdAt: Type.Optional(Timestamp),
  /** Units sold so far. An existing product keeps its own count if that is higher. */
  sold: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  ...contentFields,
})
export type CatalogueProduct = Static<typeof CatalogueProduct>
