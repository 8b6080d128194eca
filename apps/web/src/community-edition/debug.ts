/** What RealWorld's tests read from a front end. */
import { queryClient } from '../api/query-client.ts'
import { type Me, meQuery } from '../features/community/api/me.ts'
import { jwtToken } from './token.ts'

export interface ConduitDebug {
  getToken(): string | null
  getAuthState(): 'authenticated' | 'unauthenticated' | 'unavailable' | 'loading'
  getCurrentUser(): Me | null
}

declare global {
  interface Window {
    __conduit_debug__?: ConduitDebug
  }
}

export function answerTests(): void {
  window.__conduit_debug__ = {
    getToken: () => jwtToken.get() ?? null,
    getAuthState() {
      if (jwtToken.get() === undefined) return 'unauthenticated'
      const { data, errorUpdateCount } = queryClient.getQueryState(meQuery().queryKey) ?? {}
      return data ? 'authenticated' : errorUpdateCount ? 'unavailable' : 'loading'
    },
    getCurrentUser: () =>
      jwtToken.get() === undefined ? null : (queryClient.getQueryData(meQuery().queryKey) ?? null),
  }
}
