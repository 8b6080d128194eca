import { contract, del, event, get, Id, post, type Static, Type } from '@doran/kernel/contract'
import { Member, personalData } from '@doran/user/contract'

/** A member as a reader sees them; the protocol is RealWorld's. */
export const Profile = Type.Object({
  username: Type.String(),
  bio: Type.Union([Type.String(), Type.Null()]),
  image: Type.Union([Type.String(), Type.Null()]),
  /** Whether the reader follows them; false for readers who are not signed in. */
  following: Type.Boolean(),
})
export type Profile = Static<typeof Profile>

/** {@link Profile} with the id of the user behind it, for other services. */
export const MemberProfile = Type.Object({ ...Member.properties, following: Type.Boolean() })
export type MemberProfile = Static<typeof MemberProfile>

const OneProfile = Type.Object({ profile: Profile })
const ByName = Type.Object({ username: Type.String({ minLength: 1, maxLength: 200 }) })

export const profile = contract('profile', {
  ...personalData,
  /** Refused with `member_not_found`, also for those who have withdrawn. */
  getProfile: get('/profiles/:username', {
    summary: 'The profile of a member (RealWorld)',
    path: ByName,
    reply: OneProfile,
    access: 'anyone',
  }),
  /** Refused with `member_not_found`, and with `too_many_follows` from the 5,001st on. */
  followProfile: post('/profiles/:username/follow', {
    summary: 'Follow a member (RealWorld)',
    path: ByName,
    reply: OneProfile,
    access: 'user',
    idempotent: true,
  }),
  unfollowProfile: del('/profiles/:username/follow', {
    summary: 'No longer follow a member (RealWorld)',
    path: ByName,
    reply: OneProfile,
    access: 'user',
    idempotent: true,
  }),
  /** As the one on whose behalf it is called sees them; in no particular order, without those who are not known. */
  getProfiles: post('/profiles/internal/batch', {
    summary: 'Several profiles at once',
    body: Type.Object({ userIds: Type.Array(Id, { maxItems: 1_000 }) }),
    reply: Type.Array(MemberProfile),
    access: 'internal',
    idempotent: true,
  }),
  /** Whom the one on whose behalf it is called follows; at most 5,000. */
  listFollowed: get('/profiles/internal/followed', {
    summary: 'Ids of the members whom the caller follows',
    reply: Type.Array(Id),
    access: 'internal',
  }),
  /** For the seed. Pairs that are there stay; nothing is published. */
  loadFollows: post('/profiles/internal/follows', {
    summary: 'Enter who follows whom',
    body: Type.Object({
      follows: Type.Array(Type.Object({ followerId: Id, followedId: Id }), { maxItems: 10_000 }),
    }),
    access: 'internal',
    idempotent: true,
  }),
})

const Follow = Type.Object({
  followerId: Id,
  followedId: Id,
  /** Of two changes of one pair the later one has the higher version. */
  version: Type.Integer({ minimum: 1 }),
})

export const memberFollowed = event('profile.member-followed', Follow)
export const memberUnfollowed = event('profile.member-unfollowed', Follow)
