/** The reply to a sign-in: an access token, which every process verifies by itself, and a refresh token. */
import { ACCESS_TOKEN, TOKEN_ISSUER } from '@doran/kernel/identity'
import { decodeJwt, SignJWT } from 'jose'
import type { Tokens } from './contract.ts'
import { type KeyContext, signingKey } from './keys.ts'
import { publicRoles } from './roles.ts'
import { continueSession, type Grant } from './sessions.ts'

/** Call it after the grant has been committed. */
export async function presentTokens(ctx: KeyContext, grant: Grant & { deviceToken?: string }): Promise<Tokens> {
  const { userId, refreshToken, roles, deviceToken } = grant
  const expiresIn = ctx.config.AUTH_ACCESS_TOKEN_SECONDS
  const accessToken = await signAccessToken(ctx, grant, expiresIn)
  const tokens = { userId, accessToken, refreshToken, expiresIn, roles: publicRoles(roles) }
  return { ...tokens, ...(deviceToken && { deviceToken }) }
}

/** Call it after the grant has been committed. */
export async function signAccessToken(
  ctx: KeyContext,
  { userId, sessionId, roles, issuedAt, signedInAt }: Omit<Grant, 'refreshToken'>,
  lifetimeSeconds: number,
): Promise<string> {
  const { id, privateKey } = await signingKey(ctx)
  // `iat` has a fraction, so that a token granted right after a revocation is newer than it.
  return new SignJWT({ sid: sessionId, roles, auth_time: Math.floor(signedInAt) })
    .setProtectedHeader({ alg: 'EdDSA', kid: id, typ: ACCESS_TOKEN.type })
    .setIssuer(TOKEN_ISSUER)
    .setAudience(ACCESS_TOKEN.audience)
    .setSubject(userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(Math.floor(issuedAt) + lifetimeSeconds)
    .sign(privateKey)
}

/**
 * The token that the client should use from now on: its own, which has been verified, or a new one once half of its
 * lifetime is over. Tokens that were issued with a refresh token are never renewed here, because that would bypass the
 * rotation of the refresh token.
 */
export async function currentToken(ctx: KeyContext, authorization: string | undefined): Promise<string> {
  const token = (authorization as string).split(/ +/)[1] as string
  const { iat = 0, exp = 0, sub, sid } = decodeJwt<{ sid: string }>(token)
  const lifetimeSeconds = ctx.config.AUTH_COMMUNITY_TOKEN_SECONDS
  const refreshable = exp - iat <= ctx.config.AUTH_ACCESS_TOKEN_SECONDS
  if (refreshable || (iat + exp) / 2 > Date.now() / 1000) return token
  const grant = await ctx.db.transaction((tx) => continueSession(tx, sub as string, sid))
  return grant ? signAccessToken(ctx, grant, lifetimeSeconds) : token
}
