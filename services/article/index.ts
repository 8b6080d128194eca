import { service } from '@doran/kernel'
import { config } from './config.ts'
import { article } from './contract.ts'
import * as errors from './errors.ts'
import { onUserWithdrawn } from './events/on-user-withdrawn.ts'
import { createArticle } from './operations/create-article.ts'
import { deleteArticle } from './operations/delete-article.ts'
import { exportPersonalData } from './operations/export-personal-data.ts'
import { favoriteArticle } from './operations/favorite-article.ts'
import { feedArticles } from './operations/feed-articles.ts'
import { getArticle } from './operations/get-article.ts'
import { listArticles } from './operations/list-articles.ts'
import { listOpenBusiness } from './operations/list-open-business.ts'
import { listReportedArticles } from './operations/list-reported-articles.ts'
import { listTags } from './operations/list-tags.ts'
import { loadArticles } from './operations/load-articles.ts'
import { loadFavorites } from './operations/load-favorites.ts'
import { moderateArticle } from './operations/moderate-article.ts'
import { reportArticle } from './operations/report-article.ts'
import { resolveArticle } from './operations/resolve-article.ts'
import { unfavoriteArticle } from './operations/unfavorite-article.ts'
import { updateArticle } from './operations/update-article.ts'

export { slugOf } from './slugs.ts'

export default service(article, {
  operations: {
    exportPersonalData,
    listOpenBusiness,
    listArticles,
    feedArticles,
    getArticle,
    createArticle,
    updateArticle,
    deleteArticle,
    favoriteArticle,
    unfavoriteArticle,
    listTags,
    reportArticle,
    listReportedArticles,
    moderateArticle,
    resolveArticle,
    loadArticles,
    loadFavorites,
  },
  subscriptions: [onUserWithdrawn],
  migrations: new URL('./migrations/', import.meta.url),
  errors,
  config,
})
