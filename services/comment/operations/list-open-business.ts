import type { Handler } from '@doran/kernel'
import type { comment } from '../contract.ts'

/** Nothing in this service prevents a withdrawal. */
export const listOpenBusiness: Handler<typeof comment, 'listOpenBusiness'> = async () => []
