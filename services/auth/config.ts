import { type Static, Type } from '@doran/kernel/contract'
import { LONGEST_TOKEN_LIFE } from '@doran/kernel/identity'

export const config = Type.Object({
  AUTH_ACCESS_TOKEN_SECONDS: Type.Integer({
    minimum: 10,
    maximum: LONGEST_TOKEN_LIFE,
    default: 600,
    description: 'Seconds for which an access token counts',
  }),
  AUTH_COMMUNITY_TOKEN_SECONDS: Type.Integer({
    minimum: 10,
    maximum: LONGEST_TOKEN_LIFE,
    default: LONGEST_TOKEN_LIFE,
    description:
      'The same for the tokens of RealWorld clients, which cannot refresh them: they are renewed at `GET /api/user`',
  }),
  AUTH_COMMUNITY_COMMON_PASSWORDS: Type.Enum(['allow', 'refuse'], {
    default: 'allow',
    description:
      'Whether RealWorld clients may choose one of the 10,000 most common passwords, which the tests of that protocol do; all others may not',
  }),
  AUTH_PASSWORD_RATE: Type.Integer({
    minimum: 1,
    maximum: 100_000_000,
    default: 120,
    description: 'Registrations, sign-ins and changes of password a minute from one network',
  }),
  AUTH_ENCRYPTION_KEY: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9+/]{43}=$',
      errorMessage: 'must be 32 random bytes in base64, as `openssl rand -base64 32` prints them',
      description: 'Seals the private signing keys in the database; without it a key kept beside them does',
    }),
  ),
})
export type AuthConfig = Static<typeof config>
