/** The current reader. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { account, api } from '../account.ts'

export type Me = Awaited<ReturnType<typeof api.auth.getCurrentUser>>['user']

export function meQuery() {
  return queryOptions({
    queryKey: ['community', 'me', account.id()],
    queryFn: findMe,
    retry: false,
    staleTime: 5 * 60_000,
    // Asks again while the API does not answer.
    refetchInterval: ({ state }) => (state.status === 'error' && account.id() ? 5_000 : false),
  })
}

async function findMe(): Promise<Me> {
  try {
    const { user } = await api.auth.getCurrentUser()
    account.confirm(user.token)
    return user
  } catch (error) {
    account.doubt(error)
    throw error
  }
}

export interface Reader {
  signedIn: boolean
  /** Undefined for guests and until the API has identified the reader. */
  me: Me | undefined
  /** The API could not be asked who the reader is. */
  unavailable: boolean
}

export function useReader(): Reader {
  const signedIn = useSyncExternalStore(account.subscribe, account.id) !== undefined
  const { data, errorUpdateCount } = useQuery({ ...meQuery(), enabled: signedIn })
  const me = signedIn ? data : undefined
  return { signedIn, me, unavailable: signedIn && !me && errorUpdateCount > 0 }
}
