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
  /** Throws `email_taken`, and `password_weak` for a password that is easy to guess. */
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
   * Throws `credentials_invalid`, whether the e-mail or the password is wrong; `too_many_attempts` with `retryAfter`
   * (seconds) after failures; `account_not_active` only if the password is right.
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
   * Repeating a token within 30 seconds returns the same successor. A later repetition counts as theft: it ends the
   * session and throws `refresh_token_reused`. Every other unusable token throws `refresh_token_invalid`.
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
  /** Revokes access tokens, too. */
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
  /** Ending a session twice is no error. Throws `session_not_found` if the session is not yours. */
  revokeSession: del('/auth/sessions/:sessionId', {
    summary: 'End one of your sessions',
    path: Type.Object({ sessionId: Id }),
    headers: From,
    access: 'user',
    idempotent: true,
  }),
  /**
   * Ends all other sessions. Throws `password_wrong`, `password_weak`, and `too_many_attempts` after failures. Takes no
   * idempotency key: a refusal under a key rolls everything back, but wrong passwords must be counted.
   */
  changePassword: post('/auth/password', {
    summary: 'Change your password',
    headers: From,
    body: Type.Object({ currentPassword: GivenPassword, newPassword: NewPassword }),
    access: 'user',
    secret: true,
  }),
  /** RealWorld. Opens the same account as `register`. Throws `email_taken`, `username_taken` and `password_weak`. */
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
  /** RealWorld. Throws the same errors as `signIn`. */
  signInMember: post('/users/login', {
    summary: 'Begin a session (RealWorld)',
    headers: From,
    envelope: 'user',
    body: Type.Object({ email: RealWorldEmail, password: Text(200) }),
    reply: CurrentUser,
    access: 'anyone',
    secret: true,
  }),
  /** RealWorld. The reply contains the token that was sent, or a new one once half of its lifetime is over. */
  getCurrentUser: get('/user', {
    summary: 'Your account (RealWorld)',
    headers: Presented,
    reply: CurrentUser,
    access: 'user',
  }),
  /**
   * RealWorld. Omitted fields stay as they are. The change applies completely or not at all. A new password ends all
   * other sessions. A new address or password needs `currentPassword`, a field that Doran adds to the protocol, or a
   * token from a sign-in within the last five minutes; sellers and administrators always need `currentPassword`. Throws
   * `email_taken`, `username_taken`, `password_needed`, `password_wrong` and `password_weak`.
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
   * Revokes the user's access tokens; a refresh returns one with the new roles. Throws `account_not_found`, and
   * `own_admin_role` if administrators would take the role from themselves.
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
   * For the seed and the first administrator. An existing account with this e-mail keeps its id and password. It gains
   * the roles that it lacks if the given password is its own; otherwise throws `account_of_another`. Throws
   * `user_id_taken` if the id belongs to an account with another e-mail.
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
  /** For token verification in the kernel. Creates the first key if there is none. */
  getKeys: get('/auth/internal/keys', {
    summary: 'Keys that verify access tokens',
    reply: KeySet,
    access: 'internal',
  }),
  /**
   * For token verification in the kernel: the revocations that may affect unexpired access tokens. With `since`
   * (seconds since the epoch), only newer ones.
   */
  getRevocations: get('/auth/internal/revocations', {
    summary: 'Users and sessions whose access tokens no longer count',
    query: Type.Object({ since: Type.Optional(Type.Number()) }),
    reply: Type.Array(Revocation),
    access: 'internal',
  }),
})
