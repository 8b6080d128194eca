import {
  Amount,
  Currency,
  Cursor,
  contract,
  event,
  get,
  Id,
  PageSize,
  page,
  patch,
  post,
  put,
  type Static,
  Streamed,
  Timestamp,
  Type,
  Upload,
} from '@doran/kernel'

// Control characters and halves of surrogate pairs are nothing that a person typed, and PostgreSQL keeps neither.
const ONE_LINE = '^(?=.*\\S)[^\\p{Cc}\\p{Cs}]*$'
const ONE_LINE_OR_NOTHING = '^[^\\p{Cc}\\p{Cs}]*$'
const LINES = '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f\\p{Cs}]*$'
const LABEL = '^(?=.*\\S)[^\\p{Cc}\\p{Cs}:]*$'

const line = (maxLength: number, pattern = ONE_LINE) =>
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
 * Globally unique: one SKU is one variant of one product of one seller. Its characters are those that addresses carry
 * as they are. The first alternative is what the API accepted at first; the second takes all of it, and more.
 */
export const Sku = Type.String({
  pattern: '^[A-Z0-9][A-Z0-9-]{1,63}$|^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$',
  errorMessage: 'must be 1 to 64 Latin letters, digits, points, hyphens and underscores, a letter or digit first',
})

/** Names a category, brand or seller in addresses; it never changes. */
export const Slug = Type.String({
  maxLength: 64,
  pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
  errorMessage: 'must be up to 64 small letters and digits, in parts joined by hyphens',
})

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
const Text = localised(
  Type.String({ maxLength: 10_000, pattern: LINES, errorMessage: 'must be up to 10,000 characters of text' }),
)
const Alt = localised(
  Type.String({
    maxLength: 200,
    pattern: ONE_LINE_OR_NOTHING,
    errorMessage: 'must be up to 200 characters on one line',
  }),
)
const nullable = <T extends Parameters<typeof Type.Array>[0]>(schema: T) => Type.Union([schema, Type.Null()])

/** `draft`: being written; `on-sale`: everyone sees and buys it; `stopped`: was on sale or never will be. */
export const State = Type.Enum(['draft', 'on-sale', 'stopped'])
export type State = Static<typeof State>

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

/** What the buyer reads in the table of facts, for example 소재: 면 / Material: cotton. */
export const Attribute = Type.Object({ name: Label, value: localised(line(500)) }, { additionalProperties: false })
export type Attribute = Static<typeof Attribute>

export const OptionValue = Type.Object({ code: Slug, name: ValueName }, { additionalProperties: false })

/** What a buyer chooses, for example the size, and from what. Each value belongs to at least one variant. */
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
  /** One value's code for each option, in the order of the options. */
  options: Type.Array(Slug, { maxItems: 3 }),
}

/** What is bought: one combination of option values. */
export const Variant = Type.Object({
  ...variantFields,
  /** The price before a reduction, higher than `price`. */
  compareAtPrice: nullable(Price),
})
export type Variant = Static<typeof Variant>

export const NewVariant = Type.Object(
  {
    ...variantFields,
    currency: Type.Optional(variantFields.currency),
    options: Type.Optional(variantFields.options),
    compareAtPrice: Type.Optional(nullable(Price)),
  },
  { additionalProperties: false },
)

/** The seller's own name for a product, unique among the seller's products; CSV rows are matched by it. */
export const Key = line(64)

const contentFields = {
  category: Slug,
  brand: Type.Optional(nullable(Slug)),
  name: Name,
  description: Type.Optional(Text),
  attributes: Type.Optional(Type.Array(Attribute, { maxItems: 50, errorMessage: 'must be at most 50 facts' })),
  images: Type.Optional(Type.Array(Image, { maxItems: 20, errorMessage: 'must be at most 20 pictures' })),
  options: Type.Optional(Type.Array(Option, { maxItems: 3, errorMessage: 'must be at most 3 options' })),
  variants: Type.Array(NewVariant, { minItems: 1, maxItems: 500, errorMessage: 'must be 1 to 500 variants' }),
}

/** A product as a seller writes it. `key` is the first SKU unless given. */
export const NewProduct = Type.Object({
  key: Type.Optional(Key),
  state: Type.Optional(Type.Enum(['draft', 'on-sale'])),
  ...contentFields,
})
export type NewProduct = Static<typeof NewProduct>

/** One line of the CSV, put together: any state may be asked for. */
export const ImportedProduct = Type.Object({ key: Key, state: State, ...contentFields })
export type ImportedProduct = Static<typeof ImportedProduct>

export const Category = Type.Object({
  slug: Slug,
  name: Name,
  parent: nullable(Slug),
  /** Smaller comes first among the children of one parent. */
  position: Type.Integer({ minimum: 0, maximum: 1_000_000 }),
})
export type Category = Static<typeof Category>

/** How many levels the tree of categories has at most. */
export const CATEGORY_DEPTH = 4

/** A category with everything below it. */
export interface CategoryNode {
  slug: string
  name: Name
  position: number
  children: CategoryNode[]
}

const CategoryTree = Type.Unsafe<CategoryNode>(categoryLevel(1))

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
  image: nullable(Image),
  /** Lowest and highest price of its variants. */
  priceFrom: Amount,
  priceTo: Amount,
  currency: Currency,
  seller: Type.Object({ id: Id, name: Name }),
  brand: nullable(Brand),
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
  brand: nullable(Brand),
  name: Name,
  description: Text,
  attributes: Type.Array(Attribute),
  images: Type.Array(Image),
  options: Type.Array(Option),
  variants: Type.Array(Variant),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  /** Grows by one with each change. */
  version: Type.Integer(),
})
export type Product = Static<typeof Product>

/** What cart and checkout must know of a SKU: always the truth of this moment. */
export const Offer = Type.Object({
  sku: Sku,
  productId: Id,
  sellerId: Id,
  sellerName: Name,
  name: Name,
  /** The chosen values, for example `용량: 3kg`; empty for a product without options. */
  optionText: Type.Object({ ko: Type.String(), en: Type.String() }),
  image: nullable(Type.String()),
  price: Amount,
  currency: Currency,
  state: State,
})
export type Offer = Static<typeof Offer>

const RowMessage = Type.Object({
  /** Line of the file on which the row begins; the header is line 1. */
  row: Type.Integer(),
  /** As the file calls it; null when the message is of the whole row, or of a column that the file does not have. */
  column: nullable(Type.String()),
  message: Type.String(),
})

/**
 * What became of a CSV file. A product with a bad row is left as it was; all others are taken. Of errors, warnings and
 * removed variants the first 200 of each are listed, and all are counted.
 */
export const ImportReport = Type.Object({
  /** Nothing was written: this is what would have become of it. */
  dryRun: Type.Boolean(),
  created: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  /** Variants whose count in the file differs from what was on hand. */
  stockChanged: Type.Integer(),
  /** Products for which the time did not suffice. The same file again goes on with them. */
  notReached: Type.Integer(),
  errorCount: Type.Integer(),
  errors: Type.Array(RowMessage),
  /** What was taken, though perhaps not as it was meant. */
  warningCount: Type.Integer(),
  warnings: Type.Array(RowMessage),
  removedCount: Type.Integer(),
  /** Variants that the file no longer names, with the line on which their product begins. */
  removed: Type.Array(Type.Object({ row: Type.Integer(), sku: Sku })),
  /** Columns that were not read, as the file calls them. */
  ignoredColumns: Type.Array(Type.String()),
})
export type ImportReport = Static<typeof ImportReport>

/** A product for {@link product}`.loadCatalogue`; the same seller and key again is the same product. */
export const CatalogueProduct = Type.Object({
  /** Kept when the product is made; a known product keeps the id that it has. */
  id: Type.Optional(Id),
  sellerId: Id,
  key: Type.Optional(Key),
  /** `on-sale` unless given. */
  state: Type.Optional(State),
  createdAt: Type.Optional(Timestamp),
  /** Units sold so far; a known product keeps its own count if that is higher. */
  sold: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
  ...contentFields,
})
export type CatalogueProduct = Static<typeof CatalogueProduct>

const Language = Type.Enum(['ko', 'en'])
const ProductInPath = Type.Object({ productId: Id })
const OfSeller = {
  /** Whose products; a seller's own unless given, and only administrators may name someone else. */
  sellerId: Type.Optional(Id),
}
/** A product with the most variants, options, pictures and text. */
const PRODUCT_LIMIT = 2 * 1024 * 1024
const CSV_LIMIT = 10 * 1024 * 1024
const IMPORT_TIMEOUT_MS = 60_000
const LOAD_LIMIT = 64 * 1024 * 1024

export const product = contract('product', {
  listCategories: get('/categories', {
    summary: 'All categories as a tree',
    reply: Type.Array(CategoryTree),
    access: 'anyone',
  }),
  /** Raises `category_not_found`. */
  listBrands: get('/brands', {
    summary: 'All brands by name, or those with something on sale in a category',
    query: Type.Object({
      /** With all categories below it. */
      category: Type.Optional(Slug),
      /** Whose names the brands are ordered by; Korean unless given. */
      language: Type.Optional(Language),
    }),
    reply: Type.Array(Brand),
    access: 'anyone',
  }),
  /** Raises `seller_not_found`. */
  getSeller: get('/sellers/:sellerId', {
    summary: 'A shop',
    path: Type.Object({ sellerId: Id }),
    reply: Seller,
    access: 'anyone',
  }),
  /** Only what is on sale. Raises `category_not_found`; an unknown brand or seller has no products. */
  listProducts: get('/products', {
    summary: 'Products on sale, filtered and sorted',
    query: Type.Object({
      /** With all categories below it. */
      category: Type.Optional(Slug),
      brand: Type.Optional(Slug),
      seller: Type.Optional(Id),
      /** Compared with the lowest price of the product's variants, both ends included. */
      minPrice: Type.Optional(Amount),
      maxPrice: Type.Optional(Amount),
      /**
       * Words that all stand in the Korean or English name, the brand, the shop, the categories or the SKUs of the first
       * 50 variants, also inside other words. Spaces, capitals and full-width letters make no difference.
       */
      q: Type.Optional(line(100)),
      /** `popular`: most units sold first, then the newest; sales count within two minutes. */
      sort: Type.Optional(Type.Enum(['newest', 'price-asc', 'price-desc', 'name', 'popular'])),
      /** Whose names `sort=name` goes by, in the order of that language; Korean unless given. */
      language: Type.Optional(Language),
      cursor: Cursor,
      limit: PageSize,
    }),
    reply: page(Summary),
    access: 'anyone',
  }),
  /** Raises `product_not_found`, also for what the caller may not know of. */
  getProduct: get('/products/:productId', {
    summary: 'A product; drafts for their seller only',
    path: ProductInPath,
    reply: Product,
    access: 'anyone',
  }),
  listSellerProducts: get('/seller/products', {
    summary: "A seller's own products in every state, newest first",
    query: Type.Object({ ...OfSeller, state: Type.Optional(State), cursor: Cursor, limit: PageSize }),
    reply: page(Type.Object({ ...Summary.properties, key: Key, state: State, version: Type.Integer() })),
    access: ['seller', 'admin'],
  }),
  /**
   * Raises `seller_unknown`, `category_unknown`, `brand_unknown`, `product_invalid`, `sku_taken`,
   * `product_key_taken`.
   */
  createProduct: post('/products', {
    summary: 'Write a new product; a draft unless put on sale at once',
    body: Type.Object({ ...OfSeller, ...NewProduct.properties }),
    bodyLimit: PRODUCT_LIMIT,
    reply: Product,
    status: 201,
    access: ['seller', 'admin'],
  }),
  /** Replaces all of it but its state. Raises what `createProduct` does, and `product_outdated`. */
  updateProduct: put('/products/:productId', {
    summary: 'Change a product',
    path: ProductInPath,
    body: Type.Object({
      key: Type.Optional(Key),
      ...contentFields,
      /** The version that the change was made from; refused when there is a newer one. */
      version: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
    bodyLimit: PRODUCT_LIMIT,
    reply: Product,
    access: ['seller', 'admin'],
  }),
  changeProductState: patch('/products/:productId/state', {
    summary: 'Put a product on sale, or stop selling it',
    path: ProductInPath,
    body: Type.Object({ state: Type.Enum(['on-sale', 'stopped']) }),
    reply: Product,
    access: ['seller', 'admin'],
  }),
  /**
   * The columns are those of `exportProducts` and `stock`, or those of a product export of Shopify or WooCommerce.
   * Columns, rows and variants that the file does not have stay as they are. Raises `csv_header_invalid`,
   * `csv_not_utf8`, `csv_is_workbook`, `csv_too_large`, `imports_busy`, `seller_unknown`, `category_unknown`.
   */
  importProducts: post('/products/import', {
    summary: 'Take in a CSV file, one row a variant',
    query: Type.Object({
      ...OfSeller,
      /** Reports what the file would do, and writes nothing. */
      dryRun: Type.Optional(Type.Boolean()),
      /** Leaves out columns that are not known, instead of refusing the file. */
      ignoreUnknown: Type.Optional(Type.Boolean()),
      /** Removes variants that the file does not name from the products that it names, unless they have stock. */
      removeVariants: Type.Optional(Type.Boolean()),
      /** The category of products for which the file names none that is known. */
      category: Type.Optional(Slug),
      /** In which language a file of another shop is; Korean unless given. */
      language: Type.Optional(Language),
    }),
    body: Upload(
      'text/csv',
      ...['application/csv', 'application/vnd.ms-excel', 'text/plain', 'text/tab-separated-values'],
      ...['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/octet-stream'],
    ),
    bodyLimit: CSV_LIMIT,
    timeout: IMPORT_TIMEOUT_MS,
    reply: ImportReport,
    access: ['seller', 'admin'],
  }),
  exportProducts: get('/products/export', {
    summary: "All of a seller's products as CSV, one row a variant",
    query: Type.Object(OfSeller),
    reply: Streamed('text/csv'),
    access: ['seller', 'admin'],
  }),
  /** Raises `category_exists`, `category_unknown`, `category_too_deep`. */
  createCategory: post('/categories', {
    summary: 'Add a category',
    body: Type.Object({
      ...Category.properties,
      parent: Type.Optional(nullable(Slug)),
      position: Type.Optional(Category.properties.position),
    }),
    reply: Category,
    status: 201,
    access: ['admin'],
  }),
  /** Raises `category_not_found`, `category_unknown`, `category_cycle`, `category_too_deep`. */
  updateCategory: put('/categories/:slug', {
    summary: 'Rename or move a category with everything below it',
    path: Type.Object({ slug: Slug }),
    body: Type.Object({ name: Name, parent: Category.properties.parent, position: Category.properties.position }),
    reply: Category,
    access: ['admin'],
  }),
  /** Raises `brand_exists`. */
  createBrand: post('/brands', {
    summary: 'Add a brand',
    body: Brand,
    reply: Brand,
    status: 201,
    access: ['admin'],
  }),
  /** SKUs that are not known are left out. */
  getOffers: post('/offers', {
    summary: 'What several SKUs are sold for, at this moment',
    body: Type.Object({ skus: Type.Array(Sku, { maxItems: 200 }) }),
    reply: Type.Array(Offer),
    access: 'internal',
    idempotent: true,
  }),
  /** SKUs that anybody may take are left out. */
  getSkuOwners: post('/skus/owners', {
    summary: 'To which sellers SKUs belong',
    body: Type.Object({ skus: Type.Array(Sku, { maxItems: 1_000 }) }),
    reply: Type.Array(Type.Object({ sku: Sku, sellerId: Id })),
    access: 'internal',
    idempotent: true,
  }),
  /** A seller with a row may write products. Raises `slug_taken`. */
  upsertSeller: post('/sellers', {
    summary: 'Make a shop known, or change it',
    body: Type.Object({ ...Seller.properties, about: Type.Optional(Text) }),
    reply: Seller,
    access: 'internal',
    idempotent: true,
  }),
  /**
   * Sets categories, brands, sellers and products as given and leaves all others alone. It publishes no events:
   * whoever loads a catalogue tells the inventory of its SKUs by `inventory.loadStock`. Raises what
   * `createProduct` does.
   */
  loadCatalogue: post('/catalogue/load', {
    summary: 'Enter a whole catalogue, or a part of one',
    body: Type.Object({
      categories: Type.Optional(Type.Array(Category, { maxItems: 5_000 })),
      brands: Type.Optional(Type.Array(Brand, { maxItems: 10_000 })),
      sellers: Type.Optional(
        Type.Array(Type.Object({ ...Seller.properties, about: Type.Optional(Text) }), { maxItems: 10_000 }),
      ),
      products: Type.Optional(Type.Array(CatalogueProduct, { maxItems: 5_000 })),
    }),
    bodyLimit: LOAD_LIMIT,
    reply: Type.Object({ created: Type.Integer(), updated: Type.Integer(), unchanged: Type.Integer() }),
    access: 'internal',
    idempotent: true,
  }),
})

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
