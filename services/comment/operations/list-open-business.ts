import type { Handler } from '@doran/kernel'
import type { comment } from '../contract.ts'

/** Nothing here keeps anybody from withdrawing. */
export const listOpenBusiness: Handler<typeof comment, 'listOpenBusiness'> = async () => []
