import type { Profile } from '@doran/user/contract'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'

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

/** There is no way back. */
export function useWithdraw() {
  return useMutation({ mutationFn: (userId: string) => api.user.changeStatus({ userId, status: 'withdrawn' }) })
}
