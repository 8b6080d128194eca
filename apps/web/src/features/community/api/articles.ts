import type { Article, ArticleSummary } from '@doran/article/contract'
import { queryOptions, useMutation } from '@tanstack/react-query'
import { queryClient } from '../../../api/query-client.ts'
import { api } from '../account.ts'
import type { Content } from '../drafts.ts'
import { PAGE_SIZE } from '../paging.ts'

/** Selects articles. */
export type Listing =
  | { of: 'everyone' }
  | { of: 'following' }
  | { of: 'tag'; tag: string }
  | { of: 'author' | 'favorited'; username: string }

const LISTS_KEY = ['community', 'articles']

export interface ArticlePage {
  articles: ArticleSummary[]
  articlesCount: number
}

export function articlesQuery(listing: Listing, page: number) {
  return queryOptions({
    queryKey: [...LISTS_KEY, listing, page],
    queryFn: (): Promise<ArticlePage> => findArticles(listing, page),
  })
}

function findArticles(listing: Listing, page: number) {
  const range = { limit: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE }
  switch (listing.of) {
    case 'everyone':
      return api.article.listArticles(range)
    case 'following':
      return api.article.feedArticles(range)
    case 'tag':
      return api.article.listArticles({ ...range, tag: listing.tag })
    default:
      return api.article.listArticles({ ...range, [listing.of]: listing.username })
  }
}

export function articleQuery(slug: string) {
  return queryOptions({
    queryKey: ['community', 'article', slug],
    queryFn: async (): Promise<Article> => (await api.article.getArticle({ slug })).article,
  })
}

export const tagsQuery = queryOptions({
  queryKey: ['community', 'tags'],
  queryFn: async () => (await api.article.listTags()).tags,
  staleTime: 60_000,
})

/** Publishes an article, or changes the one with this slug. */
export function usePublish(slug: string | undefined) {
  return useMutation({
    mutationFn: async (content: Content): Promise<Article> => {
      const reply = slug
        ? await api.article.updateArticle({ slug, ...content })
        : await api.article.createArticle(content)
      return reply.article
    },
    onSuccess: (article) => {
      queryClient.setQueryData(articleQuery(article.slug).queryKey, article)
      forgetLists()
    },
  })
}

export function useDeleteArticle(slug: string) {
  return useMutation({
    mutationFn: () => api.article.deleteArticle({ slug }),
    onSuccess: forgetLists,
  })
}

/** Drops cached lists, so that the next view fetches them again. */
function forgetLists(): void {
  queryClient.removeQueries({ queryKey: LISTS_KEY })
  queryClient.invalidateQueries({ queryKey: tagsQuery.queryKey })
}

/** Marks an article as a favourite or removes the mark. Shows it at once and takes it back if the API refuses. */
export function useFavorite(slug: string) {
  return useMutation({
    mutationFn: (favorited: boolean) =>
      favorited ? api.article.favoriteArticle({ slug }) : api.article.unfavoriteArticle({ slug }),
    onMutate: showFavorite,
    onError: (_, favorited) => showFavorite(!favorited),
    onSuccess: ({ article: { favorited, favoritesCount } }) => {
      changeArticles(({ slug: other }) => (other === slug ? { favorited, favoritesCount } : undefined))
      queryClient.invalidateQueries({ queryKey: LISTS_KEY, predicate: isOfFavorites, refetchType: 'none' })
    },
  })

  function showFavorite(favorited: boolean): void {
    changeArticles((article) =>
      article.slug === slug && article.favorited !== favorited
        ? { favorited, favoritesCount: article.favoritesCount + (favorited ? 1 : -1) }
        : undefined,
    )
  }
}

function isOfFavorites({ queryKey }: { queryKey: readonly unknown[] }): boolean {
  return (queryKey[2] as Listing).of === 'favorited'
}

/** Changes articles in every cached answer. */
export function changeArticles(change: (article: ArticleSummary) => Partial<ArticleSummary> | undefined): void {
  queryClient.setQueriesData<ArticlePage>(
    { queryKey: LISTS_KEY },
    (page) => page && { ...page, articles: page.articles.map((article) => ({ ...article, ...change(article) })) },
  )
  queryClient.setQueriesData<Article>(
    { queryKey: ['community', 'article'] },
    (article) => article && { ...article, ...change(article) },
  )
}
