/** Signing in and out in the community edition. */
import { queryClient } from '../api/query-client.ts'
import { type Me, meQuery } from '../features/community/api/me.ts'
import { communityApi } from './client.ts'
import { jwtToken } from './token.ts'

/** Refused with `credentials_invalid`, `too_many_attempts` and `account_not_active`. */
export async function signIn(account: { email: string; password: string }): Promise<void> {
  arrive((await communityApi.auth.signInMember(account)).user)
}

/** Refused with `email_taken` and `username_taken`. */
export async function register(account: { username: string; email: string; password: string }): Promise<void> {
  arrive((await communityApi.auth.registerMember(account)).user)
}

/** Data fetched as a guest may look different for a member. */
function arrive(user: Me): void {
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[1] !== 'tags' })
  jwtToken.set(user.token)
  queryClient.setQueryData(meQuery().queryKey, user)
}

export function signOut(): void {
  jwtToken.set(undefined)
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[1] !== 'tags' })
}
