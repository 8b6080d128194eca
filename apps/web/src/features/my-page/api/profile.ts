import type { Profile } from '@doran/user/contract'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'
import { beginSession } from '../../../api/session.ts'

export const profileQuery = queryOptions({ queryKey: ['me', 'profile'], queryFn: () => api.user.getMe() })

export type ProfileChange = Partial<Pick<Profile, 'name' | 'phone' | 'username' | 'locale'>>

/** Refused with `username_taken`. */
export function useChangeProfile() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (change: ProfileChange) => {
      const { id } = await client.ensureQueryData(profileQuery)
      return api.user.updateUser({ userId: id, ...change })
    },
    onSuccess: (profile) => client.setQueryData(profileQuery.queryKey, profile),
  })
}

/** All data that Doran keeps of the member, as the text of a JSON file. */
export function useExport() {
  return useMutation({ mutationFn: async () => JSON.stringify(await api.user.exportMe(), null, 2) })
}

/** Final, so it asks for the password again. Refused like a sign-in, and if the member has open business. */
export function useWithdraw() {
  const client = useQueryClient()
  return useMutation({
    async mutationFn(password: string) {
      const { id, email } = await client.ensureQueryData(profileQuery)
      beginSession(await api.auth.signIn({ email, password }))
      return api.user.changeStatus({ userId: id, status: 'withdrawn' })
    },
  })
}
