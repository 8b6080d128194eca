import { Id, Nullable, type Static, Timestamp, Type } from '@doran/kernel/contract'

/** Compared without regard to case, stored as entered. */
export const Email = Type.String({ format: 'email', maxLength: 254, errorMessage: 'must be an e-mail address' })

export const NewPassword = Type.String({
  minLength: 8,
  maxLength: 200,
  errorMessage: 'must have 8 to 200 characters',
})

export const GivenPassword = Type.String({
  minLength: 1,
  maxLength: 200,
  errorMessage: 'must have 1 to 200 characters',
})

// The RealWorld API prescribes these error messages for e-mail addresses and passwords.
export const RealWorldEmail = Type.String({
  maxLength: 254,
  pattern: '\\S',
  format: 'email',
  errorMessage: {
    required: "can't be blank",
    type: "can't be blank",
    pattern: "can't be blank",
    format: 'is invalid',
    maxLength: 'is too long (maximum is 254 characters)',
  },
})
export const RealWorldPassword = Type.String({
  minLength: 8,
  maxLength: 200,
  pattern: '\\S',
  errorMessage: {
    required: "can't be blank",
    type: "can't be blank",
    pattern: "can't be blank",
    minLength: 'is too short (minimum is 8 characters)',
    maxLength: 'is too long (maximum is 200 characters)',
  },
})

/** An account as the RealWorld API returns it. */
export const CurrentUser = Type.Object({
  user: Type.Object({
    email: Type.String(),
    /** Replaces the client's token. Send it as `Authorization: Token <token>`. */
    token: Type.String(),
    username: Type.String(),
    bio: Nullable(Type.String()),
    image: Nullable(Type.String()),
  }),
})
export type CurrentUser = Static<typeof CurrentUser>

/** Rights beyond those of a buyer. A plain user has no role. */
export const Role = Type.Enum(['admin', 'seller'])
export type Role = Static<typeof Role>

export const Roles = Type.Array(Role, { uniqueItems: true, maxItems: 2 })

/**
 * The roles of an account. Only the person who runs the installation can give somebody the role `operator`.
 * Administrators can neither give nor take it, so the API's lists of roles omit it.
 */
export const AccountRole = Type.Enum([...Role.enum, 'operator'])
export type AccountRole = Static<typeof AccountRole>

export const Tokens = Type.Object({
  userId: Id,
  /** EdDSA JWT. Send it as `Authorization: Bearer <token>`. */
  accessToken: Type.String(),
  /** Valid for one refresh, whose reply contains the next one. */
  refreshToken: Type.String(),
  /** Lifetime of the access token in seconds. */
  expiresIn: Type.Integer(),
  roles: Roles,
  /**
   * Returned at a registration and a sign-in. Send it with the next sign-in, so that wrong passwords of others do not
   * delay this device.
   */
  deviceToken: Type.Optional(Type.String()),
})
export type Tokens = Static<typeof Tokens>

export const Session = Type.Object({
  id: Id,
  /** Whether this is the session of the request. */
  current: Type.Boolean(),
  userAgent: Nullable(Type.String()),
  /** Network address of the sign-in. */
  address: Nullable(Type.String()),
  createdAt: Timestamp,
  lastUsedAt: Timestamp,
  /** Thirty days after the last refresh, and ninety after the sign-in at the latest. */
  expiresAt: Timestamp,
})
export type Session = Static<typeof Session>

/** A public key (RFC 8037) that verifies access tokens. */
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

/**
 * The kinds of the first audit list. It cannot gain any (docs/decisions/0008), so only its second version has later
 * kinds.
 */
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

export const AnyAuditKind = Type.String({
  maxLength: 100,
  description: `For example ${[...AuditKind.enum, 'email_changed'].join(', ')}; there may be more`,
})

export const AuditEntry = Type.Object({
  id: Id,
  at: Timestamp,
  kind: AnyAuditKind,
  /** Null when somebody failed to sign in to an account that does not exist. */
  userId: Nullable(Id),
  sessionId: Nullable(Id),
  address: Nullable(Type.String()),
  /** Data that depends on the kind, for example `roles` and `by`. */
  details: Type.Record(Type.String(), Type.Unknown()),
})
export type AuditEntry = Static<typeof AuditEntry>

export const FirstAuditEntry = Type.Object({ ...AuditEntry.properties, kind: AuditKind })
export type FirstAuditEntry = Static<typeof FirstAuditEntry>

/** The origin of a request. Doran sets the address itself and overwrites what the client sends. */
export const From = Type.Object({
  'user-agent': Type.Optional(Type.String()),
  'x-client-address': Type.Optional(Type.String({ description: 'Set by Doran itself' })),
})
export type From = Static<typeof From>

/** The operation receives the token of the request, because it returns that token while the token is young. */
export const Presented = Type.Object({ authorization: Type.Optional(Type.String({ description: 'Token <jwt>' })) })

export const UserInPath = Type.Object({ userId: Id })
