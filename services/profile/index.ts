import { service } from '@doran/kernel'
import { profile } from './contract.ts'
import * as errors from './errors.ts'
import { onUserStatusChanged } from './events/on-user-status-changed.ts'
import { followProfile } from './operations/follow-profile.ts'
import { getProfile } from './operations/get-profile.ts'
import { getProfiles } from './operations/get-profiles.ts'
import { listFollowed } from './operations/list-followed.ts'
import { loadFollows } from './operations/load-follows.ts'
import { unfollowProfile } from './operations/unfollow-profile.ts'

export default service(profile, {
  operations: { getProfile, followProfile, unfollowProfile, getProfiles, listFollowed, loadFollows },
  subscriptions: [onUserStatusChanged],
  migrations: new URL('./migrations/', import.meta.url),
  errors,
})
