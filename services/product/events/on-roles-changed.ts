import { rolesChanged } from '@doran/auth/contract'
import { on } from '@doran/kernel'
import { applyStanding, recordRole } from '../standings.ts'

/** Running it twice is harmless: a known version changes nothing. */
export const onRolesChanged = on(
  rolesChanged,
  async ({ userId, version, roles }, ctx) => {
    await recordRole(ctx.db, { userId, version, hasRole: roles.includes('seller') })
    await applyStanding(ctx.db, ctx.cache, userId)
  },
  { lane: 'urgent' },
)
