import { Cursor, contract, del, get, Id, PageSize, page, post, put, Text, Type } from '@doran/kernel/contract'
import { Locale, MemberChanges, Name, personalData, Username, UserStatus } from '@doran/user/contract'
import {
  AccountRole,
  AnyAuditKind,
  AuditEntry,
  AuditKind,
  CurrentUser,
  Email,
  FirstAuditEntry,
  From,
  GivenPassword,
  KeySet,
  NewPassword,
  Presented,
  RealWorldEmail,
  RealWorldPassword,
  Revocation,
  Roles,
  Session,
  Tokens,
  UserInPath,
} from './schemas.ts'

export const auth = contract('auth', {
  ...personalData,
  /** Refused with `email_taken`, and with `password_weak` for a password that is easily guessed. */
  register: post('/auth/register', {
    summary: 'Open an account and sign in',
    headers: From,
    body: Type.Object({ email: Email, password: NewPassword, name: Name, locale: Type.Optional(Locale) }),
    reply: Tokens,
    status: 201,
    access: 'anyone',
    secret: true,
  }),
  /**
   * Refused with `credentials_invalid`, whether the e-mail or the password is wrong; with `too_many_attempts` and
   * `retryAfter` (seconds) after failures; with `account_not_active` when the password was right.
   */
  signIn: post('/auth/sign-in', {
    summary: 'Begin a session',
    headers: From,
    body: Type.Object({
      email: Email,
      password: GivenPassword,
      deviceToken: Type.Optional(Type.String({ maxLength: 200 })),
    }),
    reply: Tokens,
    access: 'anyone',
    secret: true,
  }),
  /**
   * The same token again within 30 seconds answers the same next token. Later it counts as stolen: the session
   * ends, refused with `refresh_token_reused`. Anything else unusable is refused with `refresh_token_invalid`.
   */
  refresh: post('/auth/refresh', {
    summary: 'New tokens for a refresh token',
    headers: From,
    body: Type.Object({ refreshToken: Type.String({ minLength: 1, maxLength: 200 }) }),
    reply: Tokens,
    access: 'anyone',
    idempotent: true,
    secret: true,
  }),
  signOut: post('/auth/sign-out', {
    summary: 'End the session of this token',
    headers: From,
    access: 'user',
  }),
  /** Access tokens stop counting, too. */
  endSessions: del('/auth/sessions', {
    summary: 'End all of your sessions, this one too',
    headers: From,
    access: 'user',
    idempotent: true,
  }),
  listSessions: get('/auth/sessions', {
    summary: 'Your sessions, newest first',
    query: Type.Object({ cursor: Cursor, limit: PageSize }),
    reply: page(Session),
    access: 'user',
  }),
  /** One that has ended already is no error. Refused with `session_not_found` when it is not yours. */
  revokeSession: del('/auth/sessions/:sessionId', {
    summary: 'End one of your sessions',
    path: Type.Object({ sessionId: Id }),
    headers: From,
    access: 'user',
    idempotent: true,
  }),
  /**
   * Ends all other sessions. Refused with `password_wrong`, `password_weak`, and with `too_many_attempts` after failures. Takes no
   * idempotency key: what is refused under one leaves no trace, but wrong passwords must be counted.
   */
  changePassword: post('/auth/password', {
    summary: 'Change your password',
    headers: From,
    body: Type.Object({ currentPassword: GivenPassword, newPassword: NewPassword }),
    access: 'user',
    secret: true,
  }),
  /** RealWorld. The account is the same as that of `register`. Refused with `email_taken`, `username_taken` and `password_weak`. */
  registerMember: post('/users', {
    summary: 'Open an account (RealWorld)',
    headers: From,
    envelope: 'user',
    body: Type.Object({ username: Username, email: RealWorldEmail, password: RealWorldPassword }),
    reply: CurrentUser,
    status: 201,
    access: 'anyone',
    secret: true,
  }),
  /** RealWorld. Refused like `signIn`. */
  signInMember: post('/users/login', {
    summary: 'Begin a session (RealWorld)',
    headers: From,
    envelope: 'user',
    body: Type.Object({ email: RealWorldEmail, password: Text(200) }),
    reply: CurrentUser,
    access: 'anyone',
    secret: true,
  }),
  /** RealWorld. The token of the reply is the one that was sent, or a new one when half of its time is over. */
  getCurrentUser: get('/user', {
    summary: 'Your account (RealWorld)',
    headers: Presented,
    reply: CurrentUser,
    access: 'user',
  }),
  /**
   * RealWorld. What is left out stays as it is; nothing is changed unless everything can be. Refused with `email_taken`
   * and `username_taken`. A new password ends all other sessions. A new address or password needs `currentPassword`, which
   * the protocol does not know, or a token of a sign-in within the last five minutes, which does not do for sellers and
   * administrators: refused with `password_needed`, `password_wrong` and `password_weak`.
   */
  updateCurrentUser: put('/user', {
    summary: 'Change your account (RealWorld)',
    headers: Type.Object({ ...From.properties, ...Presented.properties }),
    envelope: 'user',
    body: Type.Object({
      email: Type.Optional(RealWorldEmail),
      password: Type.Optional(RealWorldPassword),
      currentPassword: Type.Optional(GivenPassword),
      ...MemberChanges,
    }),
    reply: CurrentUser,
    access: 'user',
    idempotent: true,
    secret: true,
  }),
  getJwks: get('/auth/jwks', {
    summary: 'Keys that verify access tokens (JSON Web Key Set)',
    reply: KeySet,
    access: 'anyone',
  }),
  /**
   * Access tokens of the user stop working; a refresh brings one with the new roles. Refused with
   * `account_not_found`, and with `own_admin_role` when administrators would take the role from themselves.
   */
  setRoles: put('/auth/users/:userId/roles', {
    summary: "Set a user's roles",
    path: UserInPath,
    body: Type.Object({ roles: Roles }),
    reply: Type.Object({ userId: Id, roles: Roles }),
    access: ['admin'],
    idempotent: true,
  }),
  listAudit: get('/auth/audit', {
    summary: 'Security events, newest first',
    query: Type.Object({
      userId: Type.Optional(Id),
      kind: Type.Optional(AuditKind),
      cursor: Cursor,
      limit: PageSize,
    }),
    reply: page(FirstAuditEntry),
    access: ['admin'],
  }),
  listAuditV2: get('/v2/auth/audit', {
    summary: 'Security events of every kind, newest first',
    query: Type.Object({
      userId: Type.Optional(Id),
      kind: Type.Optional(AnyAuditKind),
      cursor: Cursor,
      limit: PageSize,
    }),
    reply: page(AuditEntry),
    access: ['admin'],
  }),
  /**
   * For the seed and the first administrator. An account that has this e-mail already keeps its id and password, and
   * gains the roles that it lacks if the password is its own: refused with `account_of_another` otherwise. Refused with
   * `user_id_taken` when the id belongs to another e-mail.
   */
  ensureAccount: post('/auth/accounts', {
    summary: 'An account with this e-mail and at least these roles',
    body: Type.Object({
      email: Email,
      password: NewPassword,
      name: Name,
      roles: Type.Array(AccountRole, { uniqueItems: true, maxItems: 3 }),
      userId: Type.Optional(Id),
    }),
    reply: Type.Object({ userId: Id, status: UserStatus }),
    access: 'internal',
    idempotent: true,
  }),
  /** For the kernel's identity. Makes the first key when there is none. */
  getKeys: get('/auth/internal/keys', {
    summary: 'Keys that verify access tokens',
    reply: KeySet,
    access: 'internal',
  }),
  /**
   * For the kernel's identity: what was revoked within the longest life of an access token, or of that what is newer
   * than `since` (seconds since the epoch).
   */
  getRevocations: get('/auth/internal/revocations', {
    summary: 'Users and sessions whose access tokens no longer count',
    query: Type.Object({ since: Type.Optional(Type.Number()) }),
    reply: Type.Array(Revocation),
    access: 'internal',
  }),
})
