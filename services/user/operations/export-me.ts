import type { Handler } from '@doran/kernel'
import { listAddressesOf } from '../addresses.ts'
import type { user } from '../contract.ts'
import { collectPersonalData } from '../personal-data.ts'
import { getProfile, presentProfile } from '../profiles.ts'

export const exportMe: Handler<typeof user, 'exportMe'> = async (_, ctx) => {
  const profile = presentProfile(await getProfile(ctx.db, ctx.actor.id))
  const addresses = await listAddressesOf(ctx.db, ctx.actor.id)
  return { user: { profile, addresses }, ...(await collectPersonalData(ctx, ctx.actor.id)) }
}
