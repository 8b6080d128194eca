import { QueryClient } from '@tanstack/react-query'
import { isTransient } from './errors.ts'

/** Caches fetched data. Refusals are final; temporary failures are retried twice. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 10 * 60_000,
      retry: (failures, error) => failures < 2 && isTransient(error),
      networkMode: 'offlineFirst',
    },
    mutations: { networkMode: 'always' },
  },
})
