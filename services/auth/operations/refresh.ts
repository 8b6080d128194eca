import type { Handler } from '@doran/kernel'
import { record } from '../audit.ts'
import type { AuthConfig } from '../config.ts'
import type { auth } from '../contract.ts'
import { refreshTokenInvalid, refreshTokenReused } from '../errors.ts'
import { rotateRefreshToken } from '../sessions.ts'
import { presentTokens } from '../tokens.ts'

export const refresh: Handler<typeof auth, 'refresh', AuthConfig> = async ({ refreshToken, ...from }, ctx) => {
  // Throw only after the transaction: when a token was reused, the end of its session must be committed.
  const result = await ctx.db.transaction(async (tx) => {
    const result = await rotateRefreshToken(tx, ctx.channel, refreshToken)
    if (result.outcome === 'reused') {
      const { userId, sessionId } = result
      await record(tx, { kind: 'refresh_token_reused', userId, sessionId, address: from['x-client-address'] })
    }
    return result
  })
  if (result.outcome === 'invalid') throw refreshTokenInvalid()
  if (result.outcome === 'reused') throw refreshTokenReused()
  return presentTokens(ctx, result.grant)
}
