import { useRouter } from '@tanstack/react-router'
import { queryClient } from '../api/query-client.ts'
import { Failed } from '../ui/states.tsx'

/** Replaces a screen that could not be loaded or shown. */
export function ScreenFailed({ error }: { error: unknown }) {
  const router = useRouter()
  const retry = () => {
    queryClient.resetQueries({ predicate: ({ state }) => state.status === 'error' })
    router.invalidate()
  }
  return <Failed error={error} level={1} onRetry={retry} />
}
