import type { Handler } from '@doran/kernel'
import { listAddressesOf } from '../addresses.ts'
import type { user } from '../contract.ts'

export const listAddresses: Handler<typeof user, 'listAddresses'> = async (_, ctx) => {
  return { items: await listAddressesOf(ctx.db, ctx.actor.id) }
}
