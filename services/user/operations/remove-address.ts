import type { Handler } from '@doran/kernel'
import { deleteAddress } from '../addresses.ts'
import type { user } from '../contract.ts'
import { lockProfile } from '../profiles.ts'

export const removeAddress: Handler<typeof user, 'removeAddress'> = async ({ addressId }, ctx) => {
  await ctx.db.transaction(async (tx) => {
    await lockProfile(tx, ctx.actor.id)
    await deleteAddress(tx, ctx.actor.id, addressId)
  })
}
