import { service } from '@doran/kernel'
import { product } from './contract.ts'
import * as errors from './errors.ts'
import { onOrderCancelled } from './events/on-order-cancelled.ts'
import { onOrderPaid } from './events/on-order-paid.ts'
import { onRolesChanged } from './events/on-roles-changed.ts'
import { onUserStatusChanged } from './events/on-user-status-changed.ts'
import { compareStandings } from './jobs/compare-standings.ts'
import { countSoldUnits } from './jobs/count-sold-units.ts'
import { renewSearchTexts } from './jobs/renew-search-texts.ts'
import { changeProductState } from './operations/change-product-state.ts'
import { createBrand } from './operations/create-brand.ts'
import { createCategory } from './operations/create-category.ts'
import { createProduct } from './operations/create-product.ts'
import { exportProducts } from './operations/export-products.ts'
import { getOffers } from './operations/get-offers.ts'
import { getProduct } from './operations/get-product.ts'
import { getSeller } from './operations/get-seller.ts'
import { getSkuOwners } from './operations/get-sku-owners.ts'
import { importProducts } from './operations/import-products.ts'
import { listBrands } from './operations/list-brands.ts'
import { listCategories } from './operations/list-categories.ts'
import { listProducts } from './operations/list-products.ts'
import { listSellerProducts } from './operations/list-seller-products.ts'
import { loadCatalogue } from './operations/load-catalogue.ts'
import { updateCategory } from './operations/update-category.ts'
import { updateProduct } from './operations/update-product.ts'
import { upsertSeller } from './operations/upsert-seller.ts'

export default service(product, {
  operations: {
    listCategories,
    listBrands,
    getSeller,
    listProducts,
    getProduct,
    listSellerProducts,
    createProduct,
    updateProduct,
    changeProductState,
    importProducts,
    exportProducts,
    createCategory,
    updateCategory,
    createBrand,
    getOffers,
    getSkuOwners,
    upsertSeller,
    loadCatalogue,
  },
  subscriptions: [onOrderPaid, onOrderCancelled, onUserStatusChanged, onRolesChanged],
  jobs: [countSoldUnits, compareStandings, renewSearchTexts],
  migrations: new URL('./migrations/', import.meta.url),
  errors,
})
