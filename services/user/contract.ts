/** The public contract of users and their addresses. */
export { asWritten, CorrectAddress, DeliveryAddress, postalCodeMistake } from './contract/address.ts'
export { userCreated, userStatusChanged, userUpdated, userWithdrawn } from './contract/events.ts'
export { user } from './contract/operations.ts'
export {
  Address,
  Locale,
  Member,
  MemberChanges,
  Name,
  type NewAddress,
  Phone,
  Profile,
  PublicProfile,
  personalData,
  Username,
  UserStatus,
  UserSummary,
} from './contract/schemas.ts'
