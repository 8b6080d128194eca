import { queryOptions } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'

export function sellerQuery(sellerId: string) {
  return queryOptions({
    queryKey: ['seller', sellerId],
    queryFn: () => api.product.getSeller({ sellerId }),
    staleTime: 10 * 60_000,
  })
}
