import type { Handler } from '@doran/kernel'
import { assertValidAddress, replaceAddress } from '../addresses.ts'
import type { user } from '../contract.ts'
import { lockProfile } from '../profiles.ts'

export const changeAddress: Handler<typeof user, 'changeAddress'> = async ({ addressId, ...address }, ctx) => {
  assertValidAddress(address)
  return ctx.db.transaction(async (tx) => {
    await lockProfile(tx, ctx.actor.id)
    return replaceAddress(tx, ctx.actor.id, addressId, address)
  })
}
