import type { Handler } from '@doran/kernel'
import type { profile } from '../contract.ts'

/** Nothing in this service prevents a withdrawal. */
export const listOpenBusiness: Handler<typeof profile, 'listOpenBusiness'> = async () => []
