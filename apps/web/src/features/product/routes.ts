import { createRoute } from '@tanstack/react-router'
import { queryClient } from '../../api/query-client.ts'
import { rootRoute } from '../../shell/root.tsx'
import { screen } from '../../shell/screen.ts'
import { categoriesQuery } from '../catalogue/api/categories.ts'
import { openProduct } from './api/product.ts'

const productRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/products/$productId',
  validateSearch: readChosen,
  loader: ({ params: { productId } }) => {
    queryClient.prefetchQuery(categoriesQuery)
    openProduct(productId)
  },
  component: screen(() => import('./product-screen.tsx'), 'ProductScreen'),
})

/** SKU of the chosen variant. */
export interface Chosen {
  sku?: string
}

/** The router reads a SKU of digits as a number. */
function readChosen({ sku }: Record<string, unknown>): Chosen {
  return typeof sku === 'string' || typeof sku === 'number' ? { sku: String(sku) } : {}
}

export const productRoutes = [productRoute]
