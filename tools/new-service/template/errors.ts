import { domainError } from '@doran/kernel'

export const sampleNotFound = domainError('sample_not_found', 404, 'There is no such sample.')
