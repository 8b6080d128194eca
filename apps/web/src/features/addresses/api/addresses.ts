import type { Address } from '@doran/order/contract'
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'

/** The member's address book, default address first. */
export const addressBookQuery = queryOptions({
  queryKey: ['addresses'],
  queryFn: async () => (await api.user.listAddresses()).items,
})

/** Uses one key for one address, however often it is sent. */
export function saveAddress(address: Address, key: string, isDefault = false) {
  return api.user.addAddress({ ...address, isDefault }, { key })
}

export interface BookEntry {
  /** The address to change; without it, a new address. */
  addressId?: string | undefined
  address: Address
  isDefault: boolean
}

/** Adds an address, or changes one. Refused with `too_many_addresses` and `postal_code_invalid`. */
export function useWriteAddress(key: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ addressId, address, isDefault }: BookEntry) =>
      addressId ? api.user.changeAddress({ addressId, ...address, isDefault }) : saveAddress(address, key, isDefault),
    onSuccess: () => client.invalidateQueries({ queryKey: addressBookQuery.queryKey }),
  })
}

export function useRemoveAddress() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (addressId: string) => api.user.removeAddress({ addressId }),
    onSettled: () => client.invalidateQueries({ queryKey: addressBookQuery.queryKey }),
  })
}
