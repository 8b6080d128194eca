import { domainError } from '@doran/kernel'

export const emailTaken = domainError(
  'email_taken',
  409,
  'This e-mail address has an account already; sign in instead.',
  { email: ['has already been taken'] },
)
export const credentialsInvalid = domainError(
  'credentials_invalid',
  401,
  'The e-mail address or the password is wrong.',
  { credentials: ['invalid'] },
)
export const tooManyAttempts = domainError(
  'too_many_attempts',
  429,
  'There were too many attempts; try again in {retryAfter} seconds.',
)
export const busy = domainError(
  'busy',
  503,
  'Too many passwords are being looked at; try again in {retryAfter} seconds.',
)
export const accountNotActive = domainError(
  'account_not_active',
  403,
  'This account is {accountStatus}; write to the support if you did not expect it.',
)
export const refreshTokenInvalid = domainError(
  'refresh_token_invalid',
  401,
  'The refresh token is not valid or its session has ended; sign in again.',
)
export const refreshTokenReused = domainError(
  'refresh_token_reused',
  401,
  'The refresh token had been used before, so its session was ended to be safe; sign in again.',
)
export const sessionNotFound = domainError(
  'session_not_found',
  404,
  'You have no such session; list yours to find its id.',
)
export const passwordWrong = domainError('password_wrong', 422, 'The current password is wrong; see `errors`.')
export const passwordWeak = domainError('password_weak', 422, 'This password is easily guessed; see `errors`.')
export const passwordNeeded = domainError(
  'password_needed',
  403,
  'A new e-mail address or password needs `currentPassword`, or, for members without a role, a sign-in within the last five minutes.',
  { currentPassword: ["can't be blank"] },
)
export const accountNotFound = domainError('account_not_found', 404, 'There is no account of such a user.')
export const accountOfAnother = domainError(
  'account_of_another',
  409,
  "The address {email} has an account with another password, so it may be somebody else's; it is given no role.",
)
export const ownAdminRole = domainError(
  'own_admin_role',
  409,
  'You cannot take the role `admin` from yourself; another administrator can.',
)
export const userIdTaken = domainError(
  'user_id_taken',
  409,
  'The user id belongs to an account with another e-mail address.',
)
