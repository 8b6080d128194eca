import { domainError } from '@doran/kernel'

export const rateLimited = domainError('rate_limited', 429, 'Too many requests; try again in {retryAfter} seconds.')
