import {
  Amount,
  Cursor,
  contract,
  get,
  Id,
  Nullable,
  PageSize,
  page,
  patch,
  post,
  put,
  Streamed,
  Type,
  Upload,
} from '@doran/kernel/contract'
import {
  Brand,
  CatalogueProduct,
  Category,
  CategoryTree,
  contentFields,
  ImportReport,
  Key,
  Language,
  line,
  Name,
  NewProduct,
  Offer,
  Product,
  Seller,
  Sku,
  Slug,
  State,
  Summary,
  Text,
} from './schemas.ts'

const ProductInPath = Type.Object({ productId: Id })
const OfSeller = {
  /** The seller, by default the caller. Only administrators may name another one. */
  sellerId: Type.Optional(Id),
}
/** Enough for a product with the maximum of variants, options, pictures and text. */
const PRODUCT_LIMIT_BYTES = 2 * 1024 * 1024
const CSV_LIMIT_BYTES = 10 * 1024 * 1024
const IMPORT_TIMEOUT_MS = 60_000
const LOAD_LIMIT_BYTES = 64 * 1024 * 1024

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
      /** Includes all categories below it. */
      category: Type.Optional(Slug),
      /** The language of the names by which the brands are ordered; Korean by default. */
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
  /** Only products on sale. Raises `category_not_found`; for an unknown brand or seller the list is empty. */
  listProducts: get('/products', {
    summary: 'Products on sale, filtered and sorted',
    query: Type.Object({
      /** Includes all categories below it. */
      category: Type.Optional(Slug),
      brand: Type.Optional(Slug),
      seller: Type.Optional(Id),
      /** Compared with the lowest price of the product's variants, both ends included. */
      minPrice: Type.Optional(Amount),
      maxPrice: Type.Optional(Amount),
      /**
       * Words that must all occur in the Korean or English name, the brand, the shop, the categories or the SKUs of the
       * first 50 variants, also inside other words. Spaces, capitals and full-width letters make no difference.
       */
      q: Type.Optional(line(100)),
      /** `popular`: most units sold first, then the newest. Sales are counted within two minutes. */
      sort: Type.Optional(Type.Enum(['newest', 'price-asc', 'price-desc', 'name', 'popular'])),
      /** The language of the names, and of their order, for `sort=name`; Korean by default. */
      language: Type.Optional(Language),
      cursor: Cursor,
      limit: PageSize,
    }),
    reply: page(Summary),
    access: 'anyone',
  }),
  /** Raises `product_not_found`, also for products that the caller may not see. */
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
    bodyLimit: PRODUCT_LIMIT_BYTES,
    reply: Product,
    status: 201,
    access: ['seller', 'admin'],
  }),
  /** Replaces everything but its state. Raises the errors of `createProduct`, and `product_outdated`. */
  updateProduct: put('/products/:productId', {
    summary: 'Change a product',
    path: ProductInPath,
    body: Type.Object({
      key: Type.Optional(Key),
      ...contentFields,
      /** The version on which the change is based; refused when there is a newer one. */
      version: Type.Optional(Type.Integer({ minimum: 1 })),
    }),
    bodyLimit: PRODUCT_LIMIT_BYTES,
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
   * Accepts the columns of `exportProducts` and `stock`, or those of a product export of Shopify or WooCommerce.
   * Fields, products and variants that the file does not contain stay as they are. Raises `csv_header_invalid`,
   * `csv_not_utf8`, `csv_is_workbook`, `csv_too_large`, `imports_busy`, `seller_unknown`, `category_unknown`.
   */
  importProducts: post('/products/import', {
    summary: 'Take in a CSV file, one row a variant',
    query: Type.Object({
      ...OfSeller,
      /** Reports what the import would do, and writes nothing. */
      dryRun: Type.Optional(Type.Boolean()),
      /** Ignores unknown columns instead of refusing the file. */
      ignoreUnknown: Type.Optional(Type.Boolean()),
      /** Removes variants that the file does not name from products that it names, unless they have stock. */
      removeVariants: Type.Optional(Type.Boolean()),
      /** The category of products for which the file names no known category. */
      category: Type.Optional(Slug),
      /** The language of a file from Shopify or WooCommerce; Korean by default. */
      language: Type.Optional(Language),
    }),
    body: Upload(
      'text/csv',
      ...['application/csv', 'application/vnd.ms-excel', 'text/plain', 'text/tab-separated-values'],
      ...['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'application/octet-stream'],
    ),
    bodyLimit: CSV_LIMIT_BYTES,
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
      parent: Type.Optional(Nullable(Slug)),
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
  /** Omits unknown SKUs. */
  getOffers: post('/offers', {
    summary: 'What several SKUs are sold for, at this moment',
    body: Type.Object({ skus: Type.Array(Sku, { maxItems: 200 }) }),
    reply: Type.Array(Offer),
    access: 'internal',
    idempotent: true,
  }),
  /** Omits SKUs that have no owner and may be used by anyone. */
  getSkuOwners: post('/skus/owners', {
    summary: 'To which sellers SKUs belong',
    body: Type.Object({ skus: Type.Array(Sku, { maxItems: 1_000 }) }),
    reply: Type.Array(Type.Object({ sku: Sku, sellerId: Id })),
    access: 'internal',
    idempotent: true,
  }),
  /** Only registered sellers may write products. Raises `slug_taken`. */
  upsertSeller: post('/sellers', {
    summary: 'Make a shop known, or change it',
    body: Type.Object({ ...Seller.properties, about: Type.Optional(Text) }),
    reply: Seller,
    access: 'internal',
    idempotent: true,
  }),
  /**
   * Writes the given categories, brands, sellers and products and leaves all others alone. It publishes no events: the
   * caller registers the SKUs with the inventory by `inventory.loadStock`. Raises the errors of `createProduct`.
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
    bodyLimit: LOAD_LIMIT_BYTES,
    reply: Type.Object({ created: Type.Integer(), updated: Type.Integer(), unchanged: Type.Integer() }),
    access: 'internal',
    idempotent: true,
  }),
})
