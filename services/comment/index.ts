import { service } from '@doran/kernel'
import { config } from './config.ts'
import { comment } from './contract.ts'
import * as errors from './errors.ts'
import { onArticleDeleted } from './events/on-article-deleted.ts'
import { onUserWithdrawn } from './events/on-user-withdrawn.ts'
import { addComment } from './operations/add-comment.ts'
import { deleteComment } from './operations/delete-comment.ts'
import { exportPersonalData } from './operations/export-personal-data.ts'
import { listComments } from './operations/list-comments.ts'
import { listOpenBusiness } from './operations/list-open-business.ts'
import { listReportedComments } from './operations/list-reported-comments.ts'
import { loadComments } from './operations/load-comments.ts'
import { moderateComment } from './operations/moderate-comment.ts'
import { reportComment } from './operations/report-comment.ts'

export default service(comment, {
  operations: {
    exportPersonalData,
    listOpenBusiness,
    listComments,
    addComment,
    deleteComment,
    reportComment,
    listReportedComments,
    moderateComment,
    loadComments,
  },
  subscriptions: [onUserWithdrawn, onArticleDeleted],
  migrations: new URL('./migrations/', import.meta.url),
  errors,
  config,
})
