import type { Handler } from '@doran/kernel'
import type { auth } from '../contract.ts'

/** Nothing in this service prevents a withdrawal. */
export const listOpenBusiness: Handler<typeof auth, 'listOpenBusiness'> = async () => []
