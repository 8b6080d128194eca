import { contract, del, event, get, Id, Nullable, post, type Static, Type } from '@doran/kernel/contract'
import { Member, personalData } from '@doran/user/contract'

/** A member as a reader sees them, in the form of the RealWorld protocol. */
export const Profile = Type.Object({
  username: Type.String(),
  bio: Nullable(Type.String()),
  image: Nullable(Type.String()),
  /** Whether the reader follows this member; false for a reader who is not signed in. */
  following: Type.Boolean(),
})
export type Profile = Static<typeof Profile>

/** {@link Profile} with the id of the user, for other services. */
export const MemberProfile = Type.Object({ ...Member.properties, following: Type.Boolean() })
export type MemberProfile = Static<typeof MemberProfile>

const OneProfile = Type.Object({ profile: Profile })
const ByName = Type.Object({ username: Type.String({ minLength: 1, maxLength: 200 }) })

export const profile = contract('profile', {
  ...personalData,
  /** Throws `member_not_found`, also for a member who has withdrawn. */
  getProfile: get('/profiles/:username', {
    summary: 'The profile of a member (RealWorld)',
    path: ByName,
    reply: OneProfile,
    access: 'anyone',
  }),
  /** Throws `member_not_found`, and `too_many_follows` for the 5,001st follow. */
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
  /** As the actor of the call sees them; in no particular order, without unknown ids. */
  getProfiles: post('/profiles/internal/batch', {
    summary: 'Several profiles at once',
    body: Type.Object({ userIds: Type.Array(Id, { maxItems: 1_000 }) }),
    reply: Type.Array(MemberProfile),
    access: 'internal',
    idempotent: true,
  }),
  /** The members whom the actor of the call follows; at most 5,000. */
  listFollowed: get('/profiles/internal/followed', {
    summary: 'Ids of the members whom the caller follows',
    reply: Type.Array(Id),
    access: 'internal',
  }),
  /** For the seed. Skips existing pairs and publishes nothing. */
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
  /** The later of two changes of one pair has the higher version. */
  version: Type.Integer({ minimum: 1 }),
})

export const memberFollowed = event('profile.member-followed', Follow)
export const memberUnfollowed = event('profile.member-unfollowed', Follow)
