import type { Handler } from '@doran/kernel'
import type { auth } from '../contract.ts'

/** Nothing here keeps anybody from withdrawing. */
export const listOpenBusiness: Handler<typeof auth, 'listOpenBusiness'> = async () => []
