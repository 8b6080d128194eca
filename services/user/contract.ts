import { contract, del, event, get, Id, Line, patch, post, put, type Static, Timestamp, Type } from '@doran/kernel'
import { DeliveryAddress } from './contract/address.ts'

export { asWritten, CorrectAddress, DeliveryAddress, postalCodeMistake } from './contract/address.ts'

/** One line of text: not blank, without control characters. */
function line(maxLength: number) {
  return Type.String({
    maxLength,
    pattern: '^(?=.*\\S)[^\\p{Cc}]*$',
    visible: 'line',
    errorMessage: `must be 1 to ${maxLength} characters on one line`,
  })
}

export const Name = line(100)

/** Digits with spaces or hyphens between them, with a country code or without: `010-1234-5678`. */
export const Phone = Type.String({
  pattern: '^\\+?[0-9](?:[ -]?[0-9]){6,17}$',
  errorMessage: 'must be a phone number like 010-1234-5678',
})

/** By which the community knows a user; no two of them look the same (docs/decisions/0043). */
export const Username = Line(60, 'name')

const Bio = Type.String({ maxLength: 2_000 })

/** Address of a picture. Whoever shows it must take it for what it is: text that somebody wrote. */
const Image = Type.String({ maxLength: 2_000 })

/** Language of what Doran writes to the user. */
export const Locale = Type.Enum(['ko', 'en'])

/** `suspended` may become `active` again; `withdrawn` is final. */
export const UserStatus = Type.Enum(['active', 'suspended', 'withdrawn'])
export type UserStatus = Static<typeof UserStatus>

/** What anyone may know of a user. */
export const PublicProfile = Type.Object({ id: Id, name: Type.String() })
export type PublicProfile = Static<typeof PublicProfile>

/** A user as the community sees them. Of those who have withdrawn, nothing but a made-up name is left. */
export const Member = Type.Object({
  userId: Id,
  username: Type.String(),
  bio: Type.Union([Type.String(), Type.Null()]),
  image: Type.Union([Type.String(), Type.Null()]),
})
export type Member = Static<typeof Member>

/** What members change of themselves; `null` and `""` take a bio or an image away. */
const MemberChange = Type.Object({
  username: Type.Optional(Username),
  bio: Type.Optional(Type.Union([Bio, Type.Null()])),
  image: Type.Optional(Type.Union([Image, Type.Null()])),
})
export const MemberChanges = MemberChange.properties

/** What users see of themselves, and administrators of everyone. */
export const Profile = Type.Object({
  id: Id,
  /** Changed through the service auth. */
  email: Type.String(),
  name: Type.String(),
  username: Type.String(),
  bio: Type.Union([Type.String(), Type.Null()]),
  image: Type.Union([Type.String(), Type.Null()]),
  phone: Type.Union([Type.String(), Type.Null()]),
  locale: Locale,
  status: UserStatus,
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Profile = Static<typeof Profile>

/** What other services need to know of a user. */
export const UserSummary = Type.Object({
  id: Id,
  email: Type.String(),
  name: Type.String(),
  locale: Locale,
  status: UserStatus,
})
export type UserSummary = Static<typeof UserSummary>

const NewAddress = Type.Object({
  ...DeliveryAddress.properties,
  /**
   * `true` makes it the default in place of the present one; `false` leaves the default where it is. The first
   * address is the default in any case.
   */
  isDefault: Type.Boolean({ default: false }),
})
export type NewAddress = Static<typeof NewAddress>

export const Address = Type.Object({
  id: Id,
  recipient: Type.String(),
  phone: Type.String(),
  postalCode: Type.String(),
  line1: Type.String(),
  line2: Type.Union([Type.String(), Type.Null()]),
  country: Type.String(),
  /** True for exactly one of a user's addresses. */
  isDefault: Type.Boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Address = Static<typeof Address>

const UserInPath = Type.Object({ userId: Id })
const AddressInPath = Type.Object({ addressId: Id })

/**
 * The operations of every service that keeps something of a person. It also listens to {@link userWithdrawn} and erases then
 * what the law does not keep; that it listens is how the user service finds it.
 */
export const personalData = {
  exportPersonalData: get('/internal/personal-data/:userId', {
    summary: 'What is kept of a user here',
    path: UserInPath,
    reply: Type.Record(Type.String(), Type.Unknown()),
    access: 'internal',
  }),
  listOpenBusiness: get('/internal/open-business/:userId', {
    summary: 'What keeps a user from withdrawing',
    path: UserInPath,
    reply: Type.Array(Type.Object({ what: Type.String(), id: Id })),
    access: 'internal',
  }),
}

export const user = contract('user', {
  getMe: get('/users/me', {
    summary: 'Your own profile',
    reply: Profile,
    access: 'user',
  }),
  exportMe: get('/users/me/export', {
    summary: 'Everything that Doran keeps of you, by service',
    reply: Type.Record(Type.String(), Type.Unknown()),
    access: 'user',
  }),
  /** Someone who has withdrawn is answered with `user_not_found`. */
  getUser: get('/users/:userId', {
    summary: 'The public profile of a user',
    path: UserInPath,
    reply: PublicProfile,
    access: 'anyone',
  }),
  /**
   * What is left out stays as it is. Refused with `username_taken`, and with `user_withdrawn` after a withdrawal.
   */
  updateUser: put('/users/:userId', {
    summary: 'Change your profile; administrators change any',
    path: UserInPath,
    body: Type.Object({
      name: Type.Optional(Name),
      phone: Type.Optional(Type.Union([Phone, Type.Null()])),
      locale: Type.Optional(Locale),
      ...MemberChanges,
    }),
    reply: Profile,
    access: 'user',
    idempotent: true,
  }),
  /**
   * Users may withdraw themselves, the rest is for administrators. Refused with `user_withdrawn`: that is final; with
   * `last_administrator` when no active one would be left; a withdrawal with
   * `user_has_open_business`, whose `open` lists it, and with `sign_in_again` unless the token is of a
   * sign-in within the last five minutes.
   */
  changeStatus: patch('/users/:userId/status', {
    summary: 'Suspend, reactivate or withdraw a user',
    path: UserInPath,
    body: Type.Object({ status: UserStatus }),
    reply: Profile,
    access: 'user',
    idempotent: true,
  }),
  listAddresses: get('/users/me/addresses', {
    summary: 'Your addresses, the default first, then the newest',
    reply: Type.Object({ items: Type.Array(Address) }),
    access: 'user',
  }),
  /** Refused with `postal_code_invalid`, and with `too_many_addresses` from the fifty-first on. */
  addAddress: post('/users/me/addresses', {
    summary: 'Add an address',
    body: NewAddress,
    reply: Address,
    status: 201,
    access: 'user',
  }),
  changeAddress: put('/users/me/addresses/:addressId', {
    summary: 'Replace an address',
    path: AddressInPath,
    body: NewAddress,
    reply: Address,
    access: 'user',
    idempotent: true,
  }),
  /** When it was the default, the newest of the others becomes it. One that is gone already is no error. */
  removeAddress: del('/users/me/addresses/:addressId', {
    summary: 'Remove an address',
    path: AddressInPath,
    access: 'user',
    idempotent: true,
  }),
  /**
   * The same `userId` again changes nothing and answers the profile as it is. Refused with `username_taken`; without a
   * name for the community the user is given one.
   */
  createUser: post('/users/internal', {
    summary: 'Enter a user who has registered',
    body: Type.Object({
      userId: Id,
      email: Type.String({ format: 'email', maxLength: 254 }),
      name: Name,
      username: Type.Optional(Username),
      locale: Type.Optional(Locale),
    }),
    reply: Profile,
    access: 'internal',
    idempotent: true,
  }),
  /** What is left out stays as it is. Refused with `username_taken` and with `user_withdrawn`. */
  changeMember: put('/users/internal/:userId/member', {
    summary: 'Change how the community knows a user, and the e-mail address that auth has changed',
    path: UserInPath,
    body: Type.Object({
      email: Type.Optional(Type.String({ format: 'email', maxLength: 254 })),
      ...MemberChanges,
    }),
    reply: Member,
    access: 'internal',
    idempotent: true,
  }),
  /** Told by auth after the role has been given. */
  enterAdministrator: put('/users/internal/:userId/administrator', {
    summary: 'Count a user as an administrator',
    path: UserInPath,
    access: 'internal',
    idempotent: true,
  }),
  /** Asked by auth before the role is taken. Refused with `last_administrator`. */
  dismissAdministrator: del('/users/internal/:userId/administrator', {
    summary: 'Count a user as an administrator no longer',
    path: UserInPath,
    access: 'internal',
    idempotent: true,
  }),
  /** In no particular order; those who are not known are left out. */
  getMembers: post('/users/internal/members', {
    summary: 'Several members at once',
    body: Type.Object({ userIds: Type.Array(Id, { maxItems: 1_000 }) }),
    reply: Type.Array(Member),
    access: 'internal',
    idempotent: true,
  }),
  /** In no particular order; names that nobody has are left out, and so are those who have withdrawn. */
  findMembers: post('/users/internal/members/by-name', {
    summary: 'Members by their names, whatever the capital letters',
    body: Type.Object({ usernames: Type.Array(Type.String(), { maxItems: 100 }) }),
    reply: Type.Array(Member),
    access: 'internal',
    idempotent: true,
  }),
  /** Refused with `member_not_found`, also for those who have withdrawn. */
  getMemberByName: get('/users/internal/members/:username', {
    summary: 'The member of this name, whatever its capital letters',
    path: Type.Object({ username: Type.String() }),
    reply: Member,
    access: 'internal',
  }),
  /** In no particular order; those who are not known are left out. */
  getUsers: post('/users/internal/batch', {
    summary: 'Several users at once',
    body: Type.Object({ userIds: Type.Array(Id, { maxItems: 500 }) }),
    reply: Type.Array(UserSummary),
    access: 'internal',
    idempotent: true,
  }),
})

/** Counts every change of the profile, whichever event tells of it; the highest is the newest. */
const version = Type.Integer({ minimum: 1 })

export const userCreated = event(
  'user.created',
  Type.Object({
    userId: Id,
    version,
    email: Type.String(),
    name: Type.String(),
    username: Type.String(),
    locale: Locale,
  }),
)

/** The profile after the change, and which fields differ. Phone number and e-mail address do not travel. */
export const userUpdated = event(
  'user.updated',
  Type.Object({
    userId: Id,
    version,
    name: Type.String(),
    username: Type.String(),
    locale: Locale,
    changed: Type.Array(Type.Enum(['name', 'phone', 'locale', 'email', 'username', 'bio', 'image'])),
  }),
)

/** Nobody comes back from it: erase what you keep of the person and the law does not. */
export const userWithdrawn = event('user.withdrawn', Type.Object({ userId: Id, version }))

export const userStatusChanged = event(
  'user.status-changed',
  Type.Object({ userId: Id, version, status: UserStatus, previous: UserStatus }),
)
