import { queryOptions } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { currentLanguage } from '../../../language/language.ts'

/** Brands with products on sale in a category, or all brands, sorted for the current language. */
export function brandsQuery(category: string | undefined) {
  const language = currentLanguage()
  return queryOptions({
    queryKey: ['brands', category, language],
    queryFn: () => api.product.listBrands({ category, language }),
    staleTime: 10 * 60_000,
  })
}
