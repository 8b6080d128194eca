/** Inserts many articles and favourites at once, for the seed and for benchmarks. Counters stay exact. */
import { sql, type Transaction } from '@doran/kernel'
import type { Static } from '@doran/kernel/contract'
import type { article } from './contract.ts'
import { addToCounts, type CountedArticle } from './counts.ts'
import { tagsOf } from './tags.ts'

type Loaded = Static<typeof article.operations.loadArticles.body>['articles'][number]

/** Returns the ids in the order of the input. An existing slug keeps its article, whose id is returned. */
export async function loadArticles(tx: Transaction, articles: readonly Loaded[]): Promise<string[]> {
  const rows = articles.map((one) => ({ ...one, tags: tagsOf(one.tagList) }))
  const fresh = await tx.all<CountedArticle>(sql`
    with input as (
      select article.id_at(created_at) as id, * from jsonb_to_recordset(${sql.json(rows)}::jsonb) as input
        (slug text, "authorId" uuid, title text, description text, body text, tags text[], "createdAt" timestamptz)
      cross join lateral (select date_trunc('milliseconds', "createdAt") as created_at) as at
    ), claimed as (
      insert into article.slugs (slug, article_id) select slug, id from input order by slug on conflict do nothing
      returning slug, article_id
    ), fresh as (
      insert into article.articles (id, slug, author_id, title, description, tags, created_at, updated_at)
      select i.id, i.slug, i."authorId", i.title, i.description, i.tags, i.created_at, i.created_at
      from input i join claimed c on c.article_id = i.id
      returning id, slug, author_id, tags
    ), bodies as (
      insert into article.bodies (article_id, body) select f.id, i.body from fresh f join input i on i.id = f.id
    )
    select id, author_id as "authorId", tags from fresh`)
  await addToCounts(tx, fresh)
  const ids = await tx.all<{ slug: string; id: string }>(sql`
    select slug, article_id as id from article.slugs where slug = any(${articles.map(({ slug }) => slug)}::text[])`)
  const bySlug = new Map(ids.map(({ slug, id }) => [slug, id]))
  return articles.map(({ slug }) => bySlug.get(slug) as string)
}

type Favorites = Static<typeof article.operations.loadFavorites.body>['favorites']

export async function loadFavorites(tx: Transaction, favorites: Favorites): Promise<void> {
  await tx.run(sql`
    with added as (
      insert into article.favorites (user_id, article_id)
      select "userId", "articleId" from jsonb_to_recordset(${sql.json(favorites)}::jsonb) as f ("userId" uuid, "articleId" uuid)
      on conflict do nothing returning article_id
    )
    update article.articles a set favorites = a.favorites + counted.n
    from (select article_id, count(*) as n from added group by 1 order by 1) counted where a.id = counted.article_id`)
}
