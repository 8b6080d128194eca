import { domainError } from '@doran/kernel'

export const productNotFound = domainError('product_not_found', 404, 'There is no such product.')
export const productNotYours = domainError(
  'product_not_yours',
  403,
  'This product belongs to another shop; only that shop and administrators may change it.',
)
export const shopNotYours = domainError(
  'shop_not_yours',
  403,
  'Only administrators act for another shop; leave `sellerId` out to act for your own.',
)
export const sellerNotFound = domainError('seller_not_found', 404, 'There is no such shop.')
export const sellerUnknown = domainError(
  'seller_unknown',
  409,
  'This account has no shop yet; have the shop set up first, then list products.',
)
export const categoryNotFound = domainError('category_not_found', 404, 'There is no category {slug}.')
export const categoryUnknown = domainError(
  'category_unknown',
  422,
  'There is no category {slug}; GET /api/categories lists them.',
)
export const categoryExists = domainError(
  'category_exists',
  409,
  'There is a category {slug} already; choose another slug.',
)
export const categoryCycle = domainError(
  'category_cycle',
  409,
  'The category {slug} cannot move below itself; choose a parent outside of it.',
)
export const categoryTooDeep = domainError(
  'category_too_deep',
  409,
  'Categories are at most {depth} levels deep; choose a parent further up.',
)
export const brandUnknown = domainError('brand_unknown', 422, 'There is no brand {slug}; GET /api/brands lists them.')
export const brandExists = domainError('brand_exists', 409, 'There is a brand {slug} already; choose another slug.')
export const slugTaken = domainError('slug_taken', 409, 'Another shop has the slug {slug}; choose a different one.')
export const skuTaken = domainError(
  'sku_taken',
  409,
  'These SKUs belong to other products or shops: {skus}. A SKU stays with the shop that used it first; choose others.',
)
export const productKeyTaken = domainError(
  'product_key_taken',
  409,
  'The shop has another product with the key {key}; choose a different key, or change that product.',
)
export const productOutdated = domainError(
  'product_outdated',
  409,
  'The product was changed meanwhile (version {version} now); read it again and repeat your change.',
)
export const productInvalid = domainError(
  'product_invalid',
  422,
  'Options and variants do not fit together; see `errors` for each field.',
)
export const csvHeaderInvalid = domainError(
  'csv_header_invalid',
  422,
  'The first line must name the columns. Missing: {missing}. Not known: {unknown}. Columns are separated by commas, ' +
    'semicolons or tabs; `ignoreUnknown=true` leaves out those that are not known.',
)
export const csvNotUtf8 = domainError(
  'csv_not_utf8',
  422,
  'The file is no text in UTF-8, UTF-16 or CP949; save it as “CSV UTF-8” and send it again.',
)
export const csvIsWorkbook = domainError(
  'csv_is_workbook',
  422,
  'The file is an Excel workbook; save its sheet as “CSV UTF-8” and send that.',
)
export const csvTooLarge = domainError(
  'csv_too_large',
  422,
  'The file has more than {limit} {what}; split it and send the parts one after the other.',
)
export const importsBusy = domainError(
  'imports_busy',
  503,
  'Other files were being taken in all the time; nothing of this one was, so send it again in a minute.',
)
