import type { Handler } from '@doran/kernel'
import type { profile } from '../contract.ts'
import { insertFollows } from '../follows.ts'

export const loadFollows: Handler<typeof profile, 'loadFollows'> = async ({ follows }, ctx) => {
  await insertFollows(ctx.db, follows)
}
