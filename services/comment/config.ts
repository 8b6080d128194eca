import { type Static, Type } from '@doran/kernel/contract'

export const config = Type.Object({
  COMMENTS_PER_HOUR: Type.Integer({
    minimum: 1,
    default: 120,
    description: 'Comments that a member may write within an hour',
  }),
})
export type CommentConfig = Static<typeof config>
