/**
 * Lists of articles: one statement each, whatever the number of articles. It finds the ids of a page by one index scan
 * and then their articles by id, so every page has the same plan. The same statement returns the total from stored
 * counters.
 */
import { type Queryable, type Sql, sql } from '@doran/kernel'
import { type ArticleRow, favoritedBy, summaryColumns } from './articles.ts'
import { keyOf } from './tags.ts'

export interface ArticleQuery {
  tag?: string | undefined
  authorId?: string | undefined
  /** Only favourites of this member. */
  favoritedById?: string | undefined
  /** Only by these authors. */
  followedIds?: readonly string[] | undefined
  readerId: string | undefined
  limit: number
  offset: number
}

export type ListedArticle = ArticleRow & { favorited: boolean }

export interface ArticlePage {
  rows: ListedArticle[]
  /** The number of all articles that match the filter. */
  count: number
}

export async function findArticles(db: Queryable, query: ArticleQuery): Promise<ArticlePage> {
  const { ids, total } = query.followedIds ? ofAuthors(query.followedIds, query) : matching(query)
  const rows = await db.all<ListedArticle & { total: number }>(sql`
    select ${summaryColumns}, ${favoritedBy(query.readerId)} as favorited, ${total} as total
    from article.articles a
    where a.id = any (array(${ids}))
    order by a.id desc`)
  if (rows[0]) return { rows, count: rows[0].total }
  const { count } = query.offset === 0 ? { count: 0 } : await db.one<{ count: number }>(sql`select ${total} as count`)
  return { rows, count }
}

interface Source {
  /** Selects the ids of the page. */
  ids: Sql
  /** A scalar expression: the number of all matching articles. */
  total: Sql
}

function matching({ tag, authorId, favoritedById, limit, offset }: ArticleQuery): Source {
  const page = sql`limit ${limit} offset ${offset}`
  const filters = [tag, authorId, favoritedById].filter((filter) => filter !== undefined).length

  if (filters === 0) {
    return {
      ids: sql`select id from article.articles where hidden_at is null order by id desc ${page}`,
      total: sql`(select articles from article.total)`,
    }
  }
  if (filters === 1 && tag !== undefined) {
    return ofTag(tag, limit, offset)
  }
  if (filters === 1 && authorId !== undefined) {
    return {
      ids: sql`
        select id from article.articles where author_id = ${authorId} and hidden_at is null order by id desc ${page}`,
      total: sql`coalesce((select articles from article.authors where author_id = ${authorId}), 0)`,
    }
  }
  // One member's articles or favourites are few, so the other filters may test them row by row.
  const others = sql.join(
    [
      sql`a.hidden_at is null`,
      ...(authorId === undefined ? [] : [sql`a.author_id = ${authorId}`]),
      ...(tag === undefined
        ? []
        : [
            sql`exists (select 1 from unnest(a.tags) as own (tag) where ${keyOf(sql`own.tag`)} = ${keyOf(sql`${tag}::text`)})`,
          ]),
    ],
    ' and ',
  )
  const from =
    favoritedById === undefined
      ? sql`from article.articles a where ${others}`
      : sql`
        from article.favorites f join article.articles a on a.id = f.article_id
        where f.user_id = ${favoritedById} and ${others}`
  return { ids: sql`select a.id ${from} order by a.id desc ${page}`, total: sql`(select count(*) ${from})` }
}

/** Takes the newest articles of each spelling of the tag; the newest of all these are the page. */
function ofTag(tag: string, limit: number, offset: number): Source {
  const forms = sql`article.tags t where ${keyOf(sql`t.tag`)} = ${keyOf(sql`${tag}::text`)}`
  return {
    ids: sql`
      select distinct newest.article_id from (select t.tag from ${forms}) as form
      cross join lateral (
        select article_id from article.tagged where tag = form.tag order by article_id desc limit ${limit + offset}
      ) newest
      order by newest.article_id desc limit ${limit} offset ${offset}`,
    total: sql`coalesce((select sum(t.articles) from ${forms}), 0)`,
  }
}

/** Takes the newest articles of each author; the newest of all these are the page. */
function ofAuthors(authorIds: readonly string[], { limit, offset }: ArticleQuery): Source {
  return {
    ids: sql`
      select newest.id from unnest(${authorIds}::uuid[]) as followed (author_id)
      cross join lateral (
        select id from article.articles
        where author_id = followed.author_id and hidden_at is null order by id desc limit ${limit + offset}
      ) newest
      order by newest.id desc limit ${limit} offset ${offset}`,
    total: sql`
      coalesce((select sum(articles) from article.authors where author_id = any(${authorIds}::uuid[])), 0)`,
  }
}
