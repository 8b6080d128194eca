import { domainError } from '@doran/kernel'

export const tooManyFollows = domainError(
  'too_many_follows',
  409,
  'You follow {limit} members, which is the most; unfollow somebody first.',
  { profile: ['too many followed'] },
)
