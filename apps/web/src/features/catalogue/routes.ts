import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { rootRoute } from '../../shell/root.tsx'

const categoryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/categories/$slug',
  validateSearch: readFilters,
  component: lazyRouteComponent(() => import('./category-screen.tsx'), 'CategoryScreen'),
})

const searchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/search',
  validateSearch: readFilters,
  component: lazyRouteComponent(() => import('./search-screen.tsx'), 'SearchScreen'),
})

const sellerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sellers/$sellerId',
  validateSearch: readFilters,
  component: lazyRouteComponent(() => import('./seller-screen.tsx'), 'SellerScreen'),
})

/** What the lists are narrowed and sorted by, as it stands in the address. */
export interface Filters {
  q?: string
  brand?: string
  seller?: string
  minPrice?: number
  maxPrice?: number
  sort?: 'popular' | 'newest' | 'price-asc' | 'price-desc' | 'name'
}

function readFilters(search: Record<string, unknown>): Filters {
  return search as Filters
}

export const catalogueRoutes = [categoryRoute, searchRoute, sellerRoute]
