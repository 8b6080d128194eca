import type { Handler } from '@doran/kernel'
import type { article } from '../contract.ts'

/** Nothing here keeps anybody from withdrawing. */
export const listOpenBusiness: Handler<typeof article, 'listOpenBusiness'> = async () => []
