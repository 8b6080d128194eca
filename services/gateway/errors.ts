import { domainError } from '@doran/kernel'

export const rateLimited = domainError('rate_limited', 429, 'Too many requests; try again in {retryAfter} seconds.')
export const routeSharesExceeded = domainError(
  'route_shares_exceeded',
  409,
  'The shares of {operation} would add up to {total} of a hundred; lower the others first.',
)
