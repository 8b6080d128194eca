/** Presents an account as the RealWorld protocol defines it. */
import type { Actor, Context } from '@doran/kernel'
import { type Member, user } from '@doran/user/contract'
import type { AuthConfig } from './config.ts'
import type { CurrentUser } from './contract.ts'
import type { Grant } from './sessions.ts'
import { signAccessToken } from './tokens.ts'

type AuthContext = Context<Actor | undefined, AuthConfig>

/** The reply to a sign-in or a registration. Call it after the grant has been committed. */
export async function presentNewSession(ctx: AuthContext, grant: Grant, email: string): Promise<CurrentUser> {
  const [member, token] = await Promise.all([
    memberOf(ctx, grant.userId),
    signAccessToken(ctx, grant, ctx.config.AUTH_COMMUNITY_TOKEN_SECONDS),
  ])
  return presentCurrentUser(member, email, token)
}

export function presentCurrentUser({ username, bio, image }: Member, email: string, token: string): CurrentUser {
  return { user: { email, token, username, bio, image } }
}

export async function memberOf(ctx: AuthContext, userId: string): Promise<Member> {
  const [member] = await ctx.client(user).getMembers({ userIds: [userId] })
  if (!member) throw new Error(`the account ${userId} has no user`)
  return member
}
