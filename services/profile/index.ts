import { service } from '@doran/kernel'
import { profile } from './contract.ts'
import * as errors from './errors.ts'
import { onUserWithdrawn } from './events/on-user-withdrawn.ts'
import { exportPersonalData } from './operations/export-personal-data.ts'
import { followProfile } from './operations/follow-profile.ts'
import { getProfile } from './operations/get-profile.ts'
import { getProfiles } from './operations/get-profiles.ts'
import { listFollowed } from './operations/list-followed.ts'
import { listOpenBusiness } from './operations/list-open-business.ts'
import { loadFollows } from './operations/load-follows.ts'
import { unfollowProfile } from './operations/unfollow-profile.ts'

export default service(profile, {
  operations: {
    exportPersonalData,
    listOpenBusiness,
    getProfile,
    followProfile,
    unfollowProfile,
    getProfiles,
    listFollowed,
    loadFollows,
  },
  subscriptions: [onUserWithdrawn],
  migrations: new URL('./migrations/', import.meta.url),
  errors,
})
