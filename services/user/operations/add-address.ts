import type { Handler } from '@doran/kernel'
import { assertValidAddress, insertAddress } from '../addresses.ts'
import type { user } from '../contract.ts'
import { lockProfile } from '../profiles.ts'

export const addAddress: Handler<typeof user, 'addAddress'> = async (address, ctx) => {
  assertValidAddress(address)
  return ctx.db.transaction(async (tx) => {
    await lockProfile(tx, ctx.actor.id)
    return insertAddress(tx, ctx.actor.id, address)
  })
}
