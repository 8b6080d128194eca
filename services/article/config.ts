import { type Static, Type } from '@doran/kernel/contract'

export const config = Type.Object({
  ARTICLES_PER_HOUR: Type.Integer({
    minimum: 1,
    default: 60,
    description: 'Articles that a member may publish within an hour',
  }),
})
export type ArticleConfig = Static<typeof config>
