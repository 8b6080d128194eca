import type { Handler } from '@doran/kernel'
import { loadComments as load } from '../comments.ts'
import type { comment } from '../contract.ts'

export const loadComments: Handler<typeof comment, 'loadComments'> = async ({ comments }, ctx) => {
  await ctx.db.transaction((tx) => load(tx, comments))
}
