import type { Handler } from '@doran/kernel'
import type { article } from '../contract.ts'

/** Nothing in this service prevents a withdrawal. */
export const listOpenBusiness: Handler<typeof article, 'listOpenBusiness'> = async () => []
