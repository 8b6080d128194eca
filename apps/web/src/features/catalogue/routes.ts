import { createRoute } from '@tanstack/react-router'
import { queryClient } from '../../api/query-client.ts'
import { rootRoute } from '../../shell/root.tsx'
import { screen } from '../../shell/screen.ts'
import { brandsQuery } from './api/brands.ts'
import { categoriesQuery } from './api/categories.ts'
import { openList } from './api/products.ts'
import { sellerQuery } from './api/seller.ts'
import { readFilters } from './filters.ts'
import { categoryList, searchList, sellerList } from './lists.ts'

const categoryRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/categories/$slug',
  validateSearch: readFilters,
  loaderDeps: ({ search }) => readFilters(search),
  loader: ({ params: { slug }, deps, location }) => {
    queryClient.prefetchQuery(categoriesQuery)
    queryClient.prefetchQuery(brandsQuery(slug))
    return openList(categoryList(slug, deps), location.state.__TSR_key)
  },
  component: screen(() => import('./category-screen.tsx'), 'CategoryScreen'),
})

const searchRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/search',
  validateSearch: readFilters,
  loaderDeps: ({ search }) => readFilters(search),
  loader: ({ deps, location }) => {
    queryClient.prefetchQuery(categoriesQuery)
    queryClient.prefetchQuery(brandsQuery(deps.category))
    return openList(searchList(deps), location.state.__TSR_key)
  },
  component: screen(() => import('./search-screen.tsx'), 'SearchScreen'),
})

const sellerRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sellers/$sellerId',
  validateSearch: readFilters,
  loaderDeps: ({ search }) => readFilters(search),
  loader: ({ params: { sellerId }, deps, location }) => {
    queryClient.prefetchQuery(sellerQuery(sellerId))
    return openList(sellerList(sellerId, deps), location.state.__TSR_key)
  },
  component: screen(() => import('./seller-screen.tsx'), 'SellerScreen'),
})

export const catalogueRoutes = [categoryRoute, searchRoute, sellerRoute]
