import type { Handler } from '@doran/kernel'
import { loadFavorites as load } from '../bulk.ts'
import type { article } from '../contract.ts'

export const loadFavorites: Handler<typeof article, 'loadFavorites'> = async ({ favorites }, ctx) => {
  await ctx.db.transaction((tx) => load(tx, favorites))
}
