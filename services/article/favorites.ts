/** Favourites, and how many an article has: exact, however many readers change theirs at once. */
import { brokenConstraint, type Database, publish, type Queryable, sql } from '@doran/kernel'
import type { ArticleFound } from './articles.ts'
import { articleFavorited, articleUnfavorited } from './contract.ts'
import { articleNotFound } from './errors.ts'

interface Changed {
  favorites: number
  version: number
}

/** Does nothing when it is a favourite already. */
export function favorite(db: Database, article: ArticleFound, userId: string): Promise<ArticleFound> {
  return change(db, article, userId, true)
}

/** Does nothing when it is no favourite. */
export function unfavorite(db: Database, article: ArticleFound, userId: string): Promise<ArticleFound> {
  return change(db, article, userId, false)
}

async function change(db: Database, article: ArticleFound, userId: string, favorited: boolean): Promise<ArticleFound> {
  const { id: articleId, authorId } = article
  return db.transaction(async (tx) => {
    const changed = await (favorited ? insertFavorite(tx, userId, articleId) : deleteFavorite(tx, userId, articleId))
    if (!changed) return { ...article, favorited }
    const { favorites, version } = changed
    await publish(tx, favorited ? articleFavorited : articleUnfavorited, { articleId, authorId, userId, version })
    return { ...article, favorited, favorites }
  })
}

async function insertFavorite(tx: Queryable, userId: string, articleId: string): Promise<Changed | undefined> {
  try {
    return await tx.first<Changed>(sql`
      with added as (
        insert into article.favorites (user_id, article_id) values (${userId}, ${articleId})
        on conflict do nothing returning article_id, nextval('article.favorite_changes') as version
      )
      update article.articles a set favorites = a.favorites + 1 from added where a.id = added.article_id
      returning a.favorites, added.version`)
  } catch (error) {
    // Deleted meanwhile.
    throw brokenConstraint(error) === 'favorites_article_id_fkey' ? articleNotFound() : error
  }
}

function deleteFavorite(tx: Queryable, userId: string, articleId: string): Promise<Changed | undefined> {
  return tx.first<Changed>(sql`
    with removed as (
      delete from article.favorites where user_id = ${userId} and article_id = ${articleId}
      returning article_id, nextval('article.favorite_changes') as version
    )
    update article.articles a set favorites = a.favorites - 1 from removed where a.id = removed.article_id
    returning a.favorites, removed.version`)
}
