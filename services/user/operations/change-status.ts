import { assertFresh, audited, type Handler } from '@doran/kernel'
import { assertNotLastAdministrator } from '../administrators.ts'
import type { user } from '../contract.ts'
import { statusNotAllowed } from '../errors.ts'
import { assertNoOpenBusiness } from '../personal-data.ts'
import { changeStatusOf, lockProfile, presentProfile } from '../profiles.ts'

export const changeStatus: Handler<typeof user, 'changeStatus'> = async ({ userId, status }, ctx) => {
  const withdrawsThemself = ctx.actor.id === userId && status === 'withdrawn'
  if (!withdrawsThemself && !ctx.actor.roles.includes('admin')) throw statusNotAllowed()
  if (status === 'withdrawn') {
    assertFresh(ctx.actor)
    await assertNoOpenBusiness(ctx, userId)
  }
  return ctx.db.transaction(async (tx) => {
    const before = await lockProfile(tx, userId)
    if (status !== 'active') await assertNotLastAdministrator(tx, before.id)
    audited(ctx, { before: { status: before.status }, after: { status } })
    return presentProfile(await changeStatusOf(tx, ctx.cache, before, status))
  })
}
