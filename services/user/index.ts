import { service } from '@doran/kernel'
import { user } from './contract.ts'
import * as errors from './errors.ts'
import { onUserWithdrawn } from './events/on-user-withdrawn.ts'
import { compareNames } from './jobs/compare-names.ts'
import { addAddress } from './operations/add-address.ts'
import { changeAddress } from './operations/change-address.ts'
import { changeMember } from './operations/change-member.ts'
import { changeStatus } from './operations/change-status.ts'
import { createUser } from './operations/create-user.ts'
import { dismissAdministrator } from './operations/dismiss-administrator.ts'
import { enterAdministrator } from './operations/enter-administrator.ts'
import { exportMe } from './operations/export-me.ts'
import { findMembers } from './operations/find-members.ts'
import { getMe } from './operations/get-me.ts'
import { getMemberByName } from './operations/get-member-by-name.ts'
import { getMembers } from './operations/get-members.ts'
import { getUser } from './operations/get-user.ts'
import { getUsers } from './operations/get-users.ts'
import { listAddresses } from './operations/list-addresses.ts'
import { removeAddress } from './operations/remove-address.ts'
import { updateUser } from './operations/update-user.ts'

export default service(user, {
  operations: {
    getMe,
    exportMe,
    getUser,
    updateUser,
    changeStatus,
    listAddresses,
    addAddress,
    changeAddress,
    removeAddress,
    createUser,
    changeMember,
    enterAdministrator,
    dismissAdministrator,
    getMembers,
    findMembers,
    getMemberByName,
    getUsers,
  },
  subscriptions: [onUserWithdrawn],
  jobs: [compareNames],
  migrations: new URL('./migrations/', import.meta.url),
  errors,
})
