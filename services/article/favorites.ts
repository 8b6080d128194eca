/** Favourites, and how many an article has: exact, however many readers change theirs at once. */
import { type Actor, brokenConstraint, publishing, type Queryable, type Sql, sql } from '@doran/kernel'
import type { Event } from '@doran/kernel/contract'
import { type ArticleFound, articleColumns, getArticleFor } from './articles.ts'
import { articleFavorited, articleUnfavorited } from './contract.ts'
import { articleNotFound } from './errors.ts'

/** Makes the article a favourite, as far as the reader may see it. Does nothing more when it is one already. */
export function favorite(db: Queryable, slug: string, reader: Actor): Promise<ArticleFound> {
  const change = sql`
    insert into article.favorites (user_id, article_id) select ${reader.id}, id from found on conflict do nothing`
  return changeFavorite(db, slug, reader, { change, by: 1, event: articleFavorited })
}

/** The other way round. */
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
  // By a former slug, or hidden but seen by its author.
  const { id } = await getArticleFor(db, slug, reader)
  const found = await changeWhere(db, sql`a.id = ${id}`, reader.id, change)
  if (!found) throw articleNotFound()
  return found
}

/** One statement: the favourite, the count and the event, and the article as it is then. */
async function changeWhere(
  db: Queryable,
  where: Sql,
  userId: string,
  { change, by, event }: Change,
): Promise<ArticleFound | undefined> {
  const told = sql`
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
      ), ${publishing(db, event, told)}
      select found.*, ${by === 1}::boolean as favorited, (select favorites from counted) as counted from found`)
    return row && { ...row, favorites: row.counted ?? row.favorites }
  } catch (error) {
    // Deleted meanwhile.
    throw brokenConstraint(error) === 'favorites_article_id_fkey' ? articleNotFound() : error
  }
}
