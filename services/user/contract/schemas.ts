import { get, Id, Line, Nullable, type Static, Timestamp, Type } from '@doran/kernel/contract'
import { DeliveryAddress } from './address.ts'

/** A line of text that is not blank and has no control characters. */
function line(maxLength: number) {
  return Type.String({
    maxLength,
    pattern: '^(?=.*\\S)[^\\p{Cc}]*$',
    visible: 'line',
    errorMessage: `must be 1 to ${maxLength} characters on one line`,
  })
}

export const Name = line(100)

/** Digits with spaces or hyphens between them, with or without a country code: `010-1234-5678`. */
export const Phone = Type.String({
  pattern: '^\\+?[0-9](?:[ -]?[0-9]){6,17}$',
  errorMessage: 'must be a phone number like 010-1234-5678',
})

/** The name of a user in the community. No two of them look the same (docs/decisions/0043). */
export const Username = Line(60, 'name')

const Bio = Type.String({ maxLength: 2_000 })

/** The URL of a picture. It is untrusted user input: check it before you show it. */
const Image = Type.String({ maxLength: 2_000 })

/** The language in which Doran writes to the user. */
export const Locale = Type.Enum(['ko', 'en'])

/** `suspended` may become `active` again; `withdrawn` is final. */
export const UserStatus = Type.Enum(['active', 'suspended', 'withdrawn'])
export type UserStatus = Static<typeof UserStatus>

/** The part of a user that is public. */
export const PublicProfile = Type.Object({ id: Id, name: Type.String() })
export type PublicProfile = Static<typeof PublicProfile>

/** A user as the community sees them. After a withdrawal only a random name is left. */
export const Member = Type.Object({
  userId: Id,
  username: Type.String(),
  bio: Nullable(Type.String()),
  image: Nullable(Type.String()),
})
export type Member = Static<typeof Member>

/** What members may change about themselves. `null` and `""` remove a bio or an image. */
const MemberChange = Type.Object({
  username: Type.Optional(Username),
  bio: Type.Optional(Nullable(Bio)),
  image: Type.Optional(Nullable(Image)),
})
export const MemberChanges = MemberChange.properties

/** The whole profile, which its owner and administrators see. */
export const Profile = Type.Object({
  id: Id,
  /** Only the service `auth` changes it. */
  email: Type.String(),
  name: Type.String(),
  username: Type.String(),
  bio: Nullable(Type.String()),
  image: Nullable(Type.String()),
  phone: Nullable(Type.String()),
  locale: Locale,
  status: UserStatus,
  createdAt: Timestamp,
  updatedAt: Timestamp,
})
export type Profile = Static<typeof Profile>

/** What other services need to know about a user. */
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
   * `true` makes this address the default; `false` leaves the default where it is. The first address always becomes the
   * default.
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
  line2: Nullable(Type.String()),
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
 * The operations that every service with personal data must have. Such a service also subscribes to {@link
 * userWithdrawn} and then erases what the law does not require it to keep. The user service finds it by that
 * subscription.
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
