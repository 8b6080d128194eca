/** The addresses that both editions have. */
import { createRoute } from '@tanstack/react-router'
import { queryClient } from '../../api/query-client.ts'
import type { rootRoute } from '../../shell/root.tsx'
import { screen } from '../../shell/screen.ts'
import { articleQuery, articlesQuery, type Listing, tagsQuery } from './api/articles.ts'
import { commentsQuery } from './api/comments.ts'
import { memberQuery } from './api/members.ts'
import { at } from './edition.ts'
import { readFeedSearch, readListSearch } from './paging.ts'

const feedScreen = screen(() => import('./feed-screen.tsx'), 'FeedScreen')
const editorScreen = screen(() => import('./editor-screen.tsx'), 'EditorScreen')

function fetchArticles(listing: Listing, page = 1): void {
  queryClient.prefetchQuery(articlesQuery(listing, page))
}

/** The community's routes inside the given frame. */
export function communityRoutesUnder(root: typeof rootRoute) {
  const getParentRoute = () => root
  return [
    createRoute({
      getParentRoute,
      path: at(''),
      validateSearch: readFeedSearch,
      loaderDeps: ({ search }) => search,
      loader: ({ deps: { feed, page } }) => {
        if (!feed) fetchArticles({ of: 'everyone' }, page)
        queryClient.prefetchQuery(tagsQuery)
      },
      component: feedScreen,
    }),
    createRoute({
      getParentRoute,
      path: at('/tag/$tag'),
      validateSearch: readListSearch,
      loaderDeps: ({ search }) => search,
      loader: ({ params: { tag }, deps: { page } }) => fetchArticles({ of: 'tag', tag }, page),
      component: feedScreen,
    }),
    createRoute({
      getParentRoute,
      path: at('/article/$slug'),
      loader: ({ params: { slug } }) => {
        queryClient.prefetchQuery(articleQuery(slug))
        queryClient.prefetchQuery(commentsQuery(slug))
      },
      component: screen(() => import('./article-screen.tsx'), 'ArticleScreen'),
    }),
    createRoute({ getParentRoute, path: at('/editor'), component: editorScreen }),
    createRoute({
      getParentRoute,
      path: at('/editor/$slug'),
      component: editorScreen,
    }),
    createRoute({
      getParentRoute,
      path: at('/profile/$username'),
      validateSearch: readListSearch,
      loaderDeps: ({ search }) => search,
      loader: ({ params: { username }, deps: { page } }) => {
        queryClient.prefetchQuery(memberQuery(username))
        fetchArticles({ of: 'author', username }, page)
      },
      component: screen(() => import('./profile-screen.tsx'), 'ProfileScreen'),
    }),
    createRoute({
      getParentRoute,
      path: at('/profile/$username/favorites'),
      validateSearch: readListSearch,
      loaderDeps: ({ search }) => search,
      loader: ({ params: { username }, deps: { page } }) => {
        queryClient.prefetchQuery(memberQuery(username))
        fetchArticles({ of: 'favorited', username }, page)
      },
      component: screen(() => import('./profile-screen.tsx'), 'FavoritesScreen'),
    }),
    createRoute({
      getParentRoute,
      path: at('/settings'),
      component: screen(() => import('./settings-screen.tsx'), 'SettingsScreen'),
    }),
  ] as const
}
