/** The public contract of accounts, sessions and roles. */
export { rolesChanged } from './contract/events.ts'
export { auth } from './contract/operations.ts'
export {
  AccountRole,
  AuditEntry,
  AuditKind,
  CurrentUser,
  Email,
  type FirstAuditEntry,
  type From,
  Key,
  KeySet,
  NewPassword,
  Revocation,
  Role,
  Roles,
  Session,
  Tokens,
} from './contract/schemas.ts'
