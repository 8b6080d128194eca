import type { Handler } from '@doran/kernel'
import { loadArticles as load } from '../bulk.ts'
import type { article } from '../contract.ts'

export const loadArticles: Handler<typeof article, 'loadArticles'> = async ({ articles }, ctx) => {
  return { articleIds: await ctx.db.transaction((tx) => load(tx, articles)) }
}
