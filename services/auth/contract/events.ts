import { event, Id, Type } from '@doran/kernel/contract'
import { AccountRole } from './schemas.ts'

const AccountRoles = Type.Array(AccountRole, { uniqueItems: true, maxItems: 3 })

/** The roles of an account have changed. A higher version is newer. */
export const rolesChanged = event(
  'auth.roles-changed',
  Type.Object({ userId: Id, version: Type.Integer({ minimum: 1 }), roles: AccountRoles, previous: AccountRoles }),
)
