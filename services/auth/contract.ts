import { Cursor, contract, del, get, Id, PageSize, page, post, put, type Static, Timestamp, Type } from '@doran/kernel'
import { Locale, Name } from '@doran/user/contract'

/** Compared without regard to capital letters, kept as it was written. */
export const Email = Type.String({ format: 'email', maxLength: 254, errorMessage: 'must be an e-mail address' })

export const NewPassword = Type.String({
  minLength: 8,
  maxLength: 200,
  errorMessage: 'must have 8 to 200 characters',
})

const GivenPassword = Type.String({ minLength: 1, maxLength: 200, errorMessage: 'must have 1 to 200 characters' })

/** What a user may do beyond buying; a plain user has none. */
export const Role = Type.Enum(['admin', 'seller'])
export type Role = Static<typeof Role>

export const Roles = Type.Array(Role, { uniqueItems: true, maxItems: 2 })

export const Tokens = Type.Object({
  userId: Id,
  /** EdDSA JWT, sent as `Authorization: Bearer <token>`. */
  accessToken: Type.String(),
  /** Good for one refresh; the reply brings the next one. */
  refreshToken: Type.String(),
  /** Seconds for which the access token counts. */
  expiresIn: Type.Integer(),
  roles: Roles,
})
export type Tokens = Static<typeof Tokens>

export const Session = Type.Object({
  id: Id,
  /** The one that asks. */
  current: Type.Boolean(),
  userAgent: Type.Union([Type.String(), Type.Null()]),
  /** Network address of the sign-in. */
  address: Type.Union([Type.String(), Type.Null()]),
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
  /** Thirty days after the last refresh. */
  expiresAt: Timestamp,
})
export type Session = Static<typeof Session>

/** A public key (RFC 8037) with which access tokens are verified. */
export const Key = Type.Object({
  kty: Type.String(),
  crv: Type.String(),
  x: Type.String(),
  kid: Type.String(),
  alg: Type.String(),
  use: Type.String(),
})
export type Key = Static<typeof Key>

export const KeySet = Type.Object({ keys: Type.Array(Key) })
export type KeySet = Static<typeof KeySet>

/** The kernel's `Revocation` as a schema. */
export const Revocation = Type.Object({ subject: Type.String(), issuedUntil: Type.Number() })
export type Revocation = Static<typeof Revocation>

export const AuditKind = Type.Enum([
  'registered',
  'signed_in',
  'sign_in_failed',
  'signed_out',
  'session_revoked',
  'refresh_token_reused',
  'password_changed',
  'password_change_failed',
  'roles_changed',
  'status_changed',
])
export type AuditKind = Static<typeof AuditKind>

export const AuditEntry = Type.Object({
  id: Id,
  at: Timestamp,
  kind: AuditKind,
  /** Null when somebody failed to sign in to an account that does not exist. */
  userId: Type.Union([Id, Type.Null()]),
  sessionId: Type.Union([Id, Type.Null()]),
  address: Type.Union([Type.String(), Type.Null()]),
  /** What the kind calls for, for example `roles` and `by`. */
  details: Type.Record(Type.String(), Type.Unknown()),
})
export type AuditEntry = Static<typeof AuditEntry>

/** Where the request came from. Doran sets the address itself; what a client writes there is replaced. */
const From = Type.Object({
  'user-agent': Type.Optional(Type.String()),
  'x-client-address': Type.Optional(Type.String({ description: 'Set by Doran itself' })),
})
export type From = Static<typeof From>

const UserInPath = Type.Object({ userId: Id })

export const auth = contract('auth', {
  /** Refused with `email_taken`. */
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
    body: Type.Object({ email: Email, password: GivenPassword }),
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
   * Ends all other sessions. Refused with `password_wrong`, and with `too_many_attempts` after failures. Takes no
   * idempotency key: what is refused under one leaves no trace, but wrong passwords must be counted.
   */
  changePassword: post('/auth/password', {
    summary: 'Change your password',
    headers: From,
    body: Type.Object({ currentPassword: GivenPassword, newPassword: NewPassword }),
    access: 'user',
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
    reply: page(AuditEntry),
    access: ['admin'],
  }),
  /**
   * For the seed and the first administrator. An account that has this e-mail already keeps its id and password
   * and gains the roles that it lacks. Refused with `user_id_taken` when the id belongs to another e-mail.
   */
  ensureAccount: post('/auth/accounts', {
    summary: 'An account with this e-mail and at least these roles',
    body: Type.Object({ email: Email, password: NewPassword, name: Name, roles: Roles, userId: Type.Optional(Id) }),
    reply: Type.Object({ userId: Id }),
    access: 'internal',
    idempotent: true,
  }),
  /** For the kernel's identity. Makes the first key when there is none. */
  getKeys: get('/auth/internal/keys', {
    summary: 'Keys that verify access tokens',
    reply: KeySet,
    access: 'internal',
  }),
  /** For the kernel's identity: everything revoked within the longest life of an access token. */
  getRevocations: get('/auth/internal/revocations', {
    summary: 'Users and sessions whose access tokens no longer count',
    reply: Type.Array(Revocation),
    access: 'internal',
  }),
})
