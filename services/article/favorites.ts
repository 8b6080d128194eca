/** Favourites and their counter, which stays exact under concurrent changes. */
import { type Actor, brokenConstraint, publishing, type Queryable, type Sql, sql } from '@doran/kernel'
import type { Event } from '@doran/kernel/contract'
import { type ArticleFound, articleColumns, getArticleFor } from './articles.ts'
import { articleFavorited, articleUnfavorited } from './contract.ts'
import { articleNotFound } from './errors.ts'

/** Makes the article a favourite; changes nothing if it is one. Throws `article_not_found`. */
export function favorite(db: Queryable, slug: string, reader: Actor): Promise<ArticleFound> {
  const change = sql`
    insert into article.favorites (user_id, article_id) select ${reader.id}, id from found on conflict do nothing`
  return changeFavorite(db, slug, reader, { change, by: 1, event: articleFavorited })
}

/** Removes the article from the favourites; changes nothing if it is none. Throws `article_not_found`. */
export function unfavorite(db: Queryable, slug: string, reader: Actor): Promise<ArticleFound> {
  const change = sql`
    delete from article.favorites where user_id = ${reader.id} and article_id = (select id from found)`
  return changeFavorite(db, slug, reader, { change, by: -1, event: articleUnfavorited })
}

interface Change {
  change: Sql
  by: 1 | -1
  event: Event
}

async function changeFavorite(db: Queryable, slug: string, reader: Actor, change: Change): Promise<ArticleFound> {
  const changed = await changeWhere(db, sql`a.slug = ${slug} and a.hidden_at is null`, reader.id, change)
  if (changed) return changed
  // Not found: the slug is a former one, or the article is hidden and the reader may still see it.
  const { id } = await getArticleFor(db, slug, reader)
  const found = await changeWhere(db, sql`a.id = ${id}`, reader.id, change)
  if (!found) throw articleNotFound()
  return found
}

/** Changes the favourite and the counter, publishes the event and returns the resulting article, in one statement. */
async function changeWhere(
  db: Queryable,
  where: Sql,
  userId: string,
  { change, by, event }: Change,
): Promise<ArticleFound | undefined> {
  const eventData = sql`
    select jsonb_build_object('articleId', id, 'authorId', author_id, 'userId', ${userId}::uuid, 'version', version)
    from counted`
  try {
    const row = await db.first<ArticleFound & { counted: number | null }>(sql`
      with found as (
        select ${articleColumns} from article.articles a join article.bodies b on b.article_id = a.id where ${where}
      ), changed as (
        ${change} returning article_id, nextval('article.favorite_changes') as version
      ), counted as (
        update article.articles a set favorites = a.favorites + ${by} from changed where a.id = changed.article_id
        returning a.id, a.author_id, a.favorites, changed.version
      ), ${publishing(db, event, eventData)}
      select found.*, ${by === 1}::boolean as favorited, (select favorites from counted) as counted from found`)
    return row && { ...row, favorites: row.counted ?? row.favorites }
  } catch (error) {
    // The article was deleted concurrently.
    throw brokenConstraint(error) === 'favorites_article_id_fkey' ? articleNotFound() : error
  }
}
