import { service } from '@doran/kernel'
import { config } from './config.ts'
import { auth } from './contract.ts'
import * as errors from './errors.ts'
import { onUserStatusChanged } from './events/on-user-status-changed.ts'
import { onUserWithdrawn } from './events/on-user-withdrawn.ts'
import { forgetWhatHasEnded } from './jobs/forget-what-has-ended.ts'
import { rotateSigningKeys } from './jobs/rotate-signing-keys.ts'
import { tellWhoAdministrates } from './jobs/tell-who-administrates.ts'
import { changePassword } from './operations/change-password.ts'
import { endSessions } from './operations/end-sessions.ts'
import { ensureAccount } from './operations/ensure-account.ts'
import { exportPersonalData } from './operations/export-personal-data.ts'
import { getCurrentUser } from './operations/get-current-user.ts'
import { getJwks } from './operations/get-jwks.ts'
import { getKeys } from './operations/get-keys.ts'
import { getRevocations } from './operations/get-revocations.ts'
import { listAudit } from './operations/list-audit.ts'
import { listAuditV2 } from './operations/list-audit-v2.ts'
import { listOpenBusiness } from './operations/list-open-business.ts'
import { listSessions } from './operations/list-sessions.ts'
import { refresh } from './operations/refresh.ts'
import { register } from './operations/register.ts'
import { registerMember } from './operations/register-member.ts'
import { revokeSession } from './operations/revoke-session.ts'
import { setRoles } from './operations/set-roles.ts'
import { signIn } from './operations/sign-in.ts'
import { signInMember } from './operations/sign-in-member.ts'
import { signOut } from './operations/sign-out.ts'
import { updateCurrentUser } from './operations/update-current-user.ts'

export default service(auth, {
  operations: {
    exportPersonalData,
    listOpenBusiness,
    register,
    signIn,
    refresh,
    signOut,
    endSessions,
    listSessions,
    revokeSession,
    changePassword,
    registerMember,
    signInMember,
    getCurrentUser,
    updateCurrentUser,
    getJwks,
    setRoles,
    listAudit,
    listAuditV2,
    ensureAccount,
    getKeys,
    getRevocations,
  },
  subscriptions: [onUserWithdrawn, onUserStatusChanged],
  jobs: [rotateSigningKeys, forgetWhatHasEnded, tellWhoAdministrates],
  migrations: new URL('./migrations/', import.meta.url),
  errors,
  config,
})
