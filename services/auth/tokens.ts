/** The answer to whoever has signed in: an access token that every process verifies by itself, and what renews it. */
import { TOKEN_ISSUER } from '@doran/kernel'
import { SignJWT } from 'jose'
import type { Tokens } from './contract.ts'
import { type KeyContext, signingKey } from './keys.ts'
import type { Grant } from './sessions.ts'

/** Called after the grant has been committed. */
export async function presentTokens(ctx: KeyContext, grant: Grant): Promise<Tokens> {
  const { userId, sessionId, roles, refreshToken, issuedAt } = grant
  const expiresIn = ctx.config.AUTH_ACCESS_TOKEN_SECONDS
  const { id, privateKey } = await signingKey(ctx)
  // `iat` has a fraction, so that a token granted right after a revocation is newer than it.
  const accessToken = await new SignJWT({ sid: sessionId, roles })
    .setProtectedHeader({ alg: 'EdDSA', kid: id })
    .setIssuer(TOKEN_ISSUER)
    .setSubject(userId)
    .setIssuedAt(issuedAt)
    .setExpirationTime(Math.floor(issuedAt) + expiresIn)
    .sign(privateKey)
  return { userId, accessToken, refreshToken, expiresIn, roles }
}
