import { isRefusal } from '../api/errors.ts'
import type { Account } from '../features/community/account-source.ts'
import { jwtToken } from './token.ts'

export const tokenAccount: Account = {
  id: () => (jwtToken.get() === undefined ? undefined : 'member'),
  subscribe: jwtToken.subscribe,
  confirm(token) {
    if (jwtToken.get() !== token) jwtToken.set(token)
  },
  // A failing server, or none at all, says nothing about the token.
  doubt(error) {
    if (isRefusal(error) && error.status < 500 && error.status !== 408 && error.status !== 429) jwtToken.set(undefined)
  },
}
