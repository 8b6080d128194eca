import type { Handler } from '@doran/kernel'
import type { article } from '../contract.ts'
import { findTags } from '../tags.ts'

export const listTags: Handler<typeof article, 'listTags'> = async (_, ctx) => {
  return { tags: await findTags(ctx.db) }
}
