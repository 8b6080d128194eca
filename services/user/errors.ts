import { domainError } from '@doran/kernel'

export const userNotFound = domainError('user_not_found', 404, 'There is no such user.')
export const notYourProfile = domainError(
  'not_your_profile',
  403,
  'This profile belongs to someone else; only they and administrators may change it.',
)
export const statusNotAllowed = domainError(
  'status_not_allowed',
  403,
  'You may withdraw your own account; any other change of status is made by an administrator.',
)
export const alreadyWithdrawn = domainError('user_withdrawn', 409, 'The user has withdrawn; that is final.')
export const lastAdministrator = domainError(
  'last_administrator',
  409,
  'Nobody else could administrate Doran; make another user an administrator first.',
)
export const userHasOpenBusiness = domainError(
  'user_has_open_business',
  409,
  'Bring {count} open orders to their end first; `open` lists them.',
)
export const usernameTaken = domainError('username_taken', 409, 'Somebody else has this username; choose another.', {
  username: ['has already been taken'],
})
export const usernameReserved = domainError(
  'username_reserved',
  422,
  'This name is reserved, because people would take its bearer for whoever runs Doran; choose another.',
  { username: ['is reserved'] },
)
export const memberNotFound = domainError('member_not_found', 404, 'There is no member of this name.', {
  profile: ['not found'],
})
export const addressNotFound = domainError(
  'address_not_found',
  404,
  'You have no such address; list yours to find its id.',
)
export const tooManyAddresses = domainError(
  'too_many_addresses',
  409,
  'You have {limit} addresses, which is the most; remove one first.',
)
export const postalCodeInvalid = domainError(
  'postal_code_invalid',
  422,
  'This is not a postal code of the country; see `errors`.',
)
