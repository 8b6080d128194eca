import { rolesChanged } from '@doran/auth/contract'
import { on } from '@doran/kernel'
import { applyStanding, takeInRole } from '../standings.ts'

/** Twice is harmless: a version that is known changes nothing. */
export const onRolesChanged = on(
  rolesChanged,
  async ({ userId, version, roles }, ctx) => {
    await takeInRole(ctx.db, { userId, version, hasRole: roles.includes('seller') })
    await applyStanding(ctx.db, ctx.cache, userId)
  },
  { lane: 'urgent' },
)
