import type { Handler } from '@doran/kernel'
import type { profile } from '../contract.ts'

/** Nothing here keeps anybody from withdrawing. */
export const listOpenBusiness: Handler<typeof profile, 'listOpenBusiness'> = async () => []
