import { get, Id, Line, type Static, Timestamp, Type } from '@doran/kernel/contract'
import { DeliveryAddress } from './address.ts'

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

export const NewAddress = Type.Object({
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

export const UserInPath = Type.Object({ userId: Id })
export const AddressInPath = Type.Object({ addressId: Id })

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
