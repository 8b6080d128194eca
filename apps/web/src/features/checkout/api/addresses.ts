import type { Address } from '@doran/order/contract'
import { queryOptions } from '@tanstack/react-query'
import { api } from '../../../api/client.ts'

/** The member's address book, the default first. */
export const addressBookQuery = queryOptions({
  queryKey: ['addresses'],
  queryFn: async () => (await api.user.listAddresses()).items,
})

/** The member's name, to whom most parcels go. */
export const buyerQuery = queryOptions({ queryKey: ['checkout', 'buyer'], queryFn: () => api.user.getMe() })

/** Under one key for one address, however often it is sent. */
export function saveAddress(address: Address, key: string) {
  return api.user.addAddress({ ...address, isDefault: false }, { key })
}
