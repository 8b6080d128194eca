import type { NewAddress } from '@doran/user/contract'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'

/** The default one first. */
export const addressesQuery = queryOptions({
  queryKey: ['me', 'addresses'],
  queryFn: async () => (await api.user.listAddresses()).items,
})

/** Adds an address, or replaces the one with this id. */
export function useSaveAddress() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ addressId, ...address }: NewAddress & { addressId?: string }) =>
      addressId ? api.user.changeAddress({ addressId, ...address }) : api.user.addAddress(address),
    onSuccess: () => client.invalidateQueries({ queryKey: addressesQuery.queryKey }),
  })
}

export function useRemoveAddress() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (addressId: string) => api.user.removeAddress({ addressId }),
    onSuccess: () => client.invalidateQueries({ queryKey: addressesQuery.queryKey }),
  })
}
