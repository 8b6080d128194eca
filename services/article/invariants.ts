/** Queries for consistency checks of articles. They only read, by index, so they may run while the shop is open. */
import { type Queryable, type Sql, sql } from '@doran/kernel'
import type { Breach, Invariant } from '@doran/kernel/invariants'

const PAGE_SIZE = 2_000
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

export const invariants: readonly Invariant[] = [
  {
    name: 'community-whole',
    page: (db, after = FIRST_ID) => pageArticles(db, after, PAGE_SIZE),
    inspect: findUnsound,
  },
  {
    name: 'community-whole',
    page: (db, after = '') => pageTags(db, after, PAGE_SIZE),
    inspect: findMiscountedTags,
  },
  {
    name: 'community-whole',
    page: async (_db, after) => (after === undefined ? ['article.total'] : []),
    inspect: findWrongTotal,
  },
]

function pageArticles(db: Queryable, after: string, limit: number): Promise<string[]> {
  return idsOf(db, sql`select id from article.articles where id > ${after} order by id limit ${limit}`)
}

/** Articles whose stored counter, tags, body or slug is wrong. */
function findUnsound(db: Queryable, ids: readonly string[]): Promise<Breach[]> {
  return db.all<Breach>(sql`
    with liked as (
      select article_id, count(*) as count from article.favorites where article_id = any(${ids}::uuid[]) group by 1
    ), listed as (
      select article_id, array_agg(tag order by tag) as tags
      from article.tagged where article_id = any(${ids}::uuid[]) group by 1
    ), breach as (
      select a.id, concat_ws('; ',
        case when a.favorites <> coalesce(f.count, 0)
          then format('%s favourites, counted %s', coalesce(f.count, 0), a.favorites) end,
        case when coalesce(t.tags, '{}') <> case when a.hidden_at is null
            then array(select tag from unnest(a.tags) as tag order by tag) else '{}' end
          then format('listed under %s', coalesce(array_to_string(t.tags, ', '), 'no tag')) end,
        case when s.article_id is distinct from a.id then 'its address does not lead to it' end,
        case when b.article_id is null then 'has no body' end) as what
      from article.articles a
      left join liked f on f.article_id = a.id left join listed t on t.article_id = a.id
      left join article.slugs s on s.slug = a.slug left join article.bodies b on b.article_id = a.id
      where a.id = any(${ids}::uuid[])
    )
    select id, what from breach where what <> ''`)
}

function pageTags(db: Queryable, after: string, limit: number): Promise<string[]> {
  return idsOf(db, sql`select tag as id from article.tags where tag > ${after} order by tag limit ${limit}`)
}

/** Tags whose stored counter differs from the number of their articles. */
function findMiscountedTags(db: Queryable, tags: readonly string[]): Promise<Breach[]> {
  return db.all<Breach>(sql`
    select t.tag as id, format('%s articles, counted %s', coalesce(l.count, 0), t.articles) as what
    from article.tags t
    left join (select tag, count(*) as count from article.tagged where tag = any(${tags}::text[]) group by tag) l using (tag)
    where t.tag = any(${tags}::text[]) and t.articles <> coalesce(l.count, 0)`)
}

export function pageAuthors(db: Queryable, after: string, limit: number): Promise<string[]> {
  return idsOf(
    db,
    sql`select author_id as id from article.authors where author_id > ${after} order by author_id limit ${limit}`,
  )
}

/** Authors whose stored counter differs from the number of their visible articles. */
export function findMiscountedAuthors(db: Queryable, authorIds: readonly string[]): Promise<Breach[]> {
  return db.all<Breach>(sql`
    select w.author_id as id, format('%s articles, counted %s', coalesce(s.count, 0), w.articles) as what
    from article.authors w
    left join (
      select author_id, count(*) as count from article.articles
      where author_id = any(${authorIds}::uuid[]) and hidden_at is null group by author_id
    ) s using (author_id)
    where w.author_id = any(${authorIds}::uuid[]) and w.articles <> coalesce(s.count, 0)`)
}

/** The total of all articles, if it differs from the sum of the authors' counters. */
function findWrongTotal(db: Queryable): Promise<Breach[]> {
  return db.all<Breach>(sql`
    select 'article.total' as id, format('%s articles in all, by author %s', t.articles, a.articles) as what
    from article.total t, (select coalesce(sum(articles), 0) as articles from article.authors) a
    where t.articles <> a.articles`)
}

/** The subset of these articles that exists. */
export async function findArticleIds(db: Queryable, ids: readonly string[]): Promise<Set<string>> {
  return new Set(await idsOf(db, sql`select id from article.articles where id = any(${ids}::uuid[])`))
}

async function idsOf(db: Queryable, query: Sql): Promise<string[]> {
  return (await db.all<{ id: string }>(query)).map(({ id }) => id)
}
