import { domainError } from '@doran/kernel'

export const rateLimited = domainError('rate_limited', 429, 'Too many requests; try again in {retryAfter} seconds.')
export const routeSharesExceeded = domainError(
  'route_shares_exceeded',
  409,
  'The shares of {operation} would add up to {total} of a hundred; lower the others first.',
)
export const operatorRequired = domainError(
  'operator_required',
  403,
  'Only an operator, whom the installation itself names with ADMIN_EMAIL, may send requests elsewhere.',
)
export const routeTargetNotListed = domainError(
  'route_target_not_listed',
  403,
  'Requests may only go to targets that GATEWAY_ROUTE_TARGETS lists, and {target} is not one of them.',
)
export const routeOperationFixed = domainError(
  'route_operation_fixed',
  403,
  'Requests for {operation} carry passwords or decide who may do what; they always go to their own service.',
)
