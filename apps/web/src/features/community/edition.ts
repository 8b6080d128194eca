/** Differences between the community inside the marketplace and the community edition. */

export const COMMUNITY_ONLY = __EDITION__ === 'community'

/**
 * An address of the community. For the compiler it is the marketplace's; the edition has the same one without a prefix.
 */
export function at<const Path extends '' | `/${string}`>(path: Path): `/community${Path}` {
  return (COMMUNITY_ONLY ? path || '/' : `/community${path}`) as `/community${Path}`
}

export const SIGN_IN = (COMMUNITY_ONLY ? '/login' : '/sign-in') as '/sign-in'
export const REGISTER = '/register'

/** The return address for the link to {@link SIGN_IN}. The edition always returns to its first page. */
export function backTo(href: string): { to?: string } {
  return COMMUNITY_ONLY && /^\/(\?|$)/.test(href) ? {} : { to: href }
}

/** RealWorld front ends have these heading levels, and its tests look for them; elsewhere a screen has one `h1`. */
export const HEADINGS = COMMUNITY_ONLY
  ? ({ listed: 'h1', member: 'h4' } as const)
  : ({ listed: 'h2', member: 'h1' } as const)
