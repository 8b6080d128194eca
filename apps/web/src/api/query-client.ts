import { QueryClient } from '@tanstack/react-query'
import { isPassing } from './errors.ts'

/** What was fetched and how long it counts. Refusals are final; what may pass is tried twice more. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      gcTime: 10 * 60_000,
      retry: (failures, error) => failures < 2 && isPassing(error),
      networkMode: 'offlineFirst',
    },
    mutations: { networkMode: 'always' },
  },
})
