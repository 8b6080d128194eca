/**
 * The floor: the same responses from bare Fastify and raw `pg`, with one statement for each list that joins across the
 * schemas, on the same tables and counters. It does nothing else: no events, no validation, no limits. It looks up
 * readers in a map by their token.
 */
import fastify, { type FastifyRequest } from 'fastify'
import pg from 'pg'

export interface CommunityFloorRequest {
  databaseUrl: string
  /** User ids by the `Authorization` header. */
  readers: Record<string, string>
}

const COLUMNS = `
  a.slug, a.title, a.description, a.tags as "tagList", a.created_at as "createdAt", a.updated_at as "updatedAt",
  a.favorites as "favoritesCount", u.username, u.bio, u.image`
const AUTHOR = 'join "user".profiles u on u.id = a.author_id'
const AS_READER = `
  exists (select 1 from article.favorites f where f.user_id = $1 and f.article_id = a.id) as favorited,
  exists (select 1 from profile.follows w where w.follower_id = $1 and w.followed_id = a.author_id) as following`
const AS_NOBODY = 'false as favorited, false as following'

const STATEMENTS = {
  list: `
    select ${COLUMNS}, ${AS_NOBODY}, (select articles from article.total) as total from article.articles a ${AUTHOR}
    where a.id = any (array(
      select id from article.articles where hidden_at is null order by id desc limit 20 offset $1))
    order by a.id desc`,
  tag: `
    select ${COLUMNS}, ${AS_NOBODY}, (select articles from article.tags where tag = $1) as total
    from article.articles a ${AUTHOR}
    where a.id = any (array(
      select article_id from article.tagged where tag = $1 order by article_id desc limit 20 offset $2))
    order by a.id desc`,
  feed: `
    select ${COLUMNS}, ${AS_READER},
      (select sum(articles) from article.authors w join profile.follows f on f.followed_id = w.author_id
       where f.follower_id = $1) as total
    from article.articles a ${AUTHOR}
    where a.id = any (array(
      select newest.id from profile.follows f cross join lateral (
        select id from article.articles where author_id = f.followed_id and hidden_at is null order by id desc limit 20
      ) newest
      where f.follower_id = $1 order by newest.id desc limit 20))
    order by a.id desc`,
  article: `
    select ${COLUMNS}, ${AS_NOBODY}, b.body from article.articles a ${AUTHOR}
    join article.bodies b on b.article_id = a.id where a.slug = $1`,
  articleAs: `
    select ${COLUMNS}, ${AS_READER}, b.body from article.articles a ${AUTHOR}
    join article.bodies b on b.article_id = a.id where a.slug = $2`,
  favorite: `
    with added as (
      insert into article.favorites (user_id, article_id) select $1, id from article.articles where slug = $2
      on conflict do nothing returning article_id
    )
    update article.articles a set favorites = favorites + 1 from added where a.id = added.article_id`,
  unfavorite: `
    with removed as (
      delete from article.favorites
      where user_id = $1 and article_id = (select id from article.articles where slug = $2) returning article_id
    )
    update article.articles a set favorites = favorites - 1 from removed where a.id = removed.article_id`,
}

type Row = Record<string, unknown>

function present({ username, bio, image, following, total: _total, ...article }: Row) {
  return { ...article, author: { username, bio, image, following } }
}

process.once('message', async ({ databaseUrl, readers }: CommunityFloorRequest) => {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 24 })
  const query = async (name: keyof typeof STATEMENTS, values: unknown[]) =>
    (await pool.query<Row>({ name, text: STATEMENTS[name], values })).rows
  const list = (rows: Row[]) => ({ articles: rows.map(present), articlesCount: Number(rows[0]?.total ?? 0) })
  const readerOf = (request: FastifyRequest) => readers[request.headers.authorization ?? '']
  const app = fastify({ routerOptions: { maxParamLength: 300 } })

  app.get<{ Querystring: { tag?: string; offset?: string } }>('/api/articles', async ({ query: { tag, offset = 0 } }) =>
    list(await (tag === undefined ? query('list', [offset]) : query('tag', [tag, offset]))),
  )
  app.get('/api/articles/feed', async (request) => list(await query('feed', [readerOf(request)])))
  app.get<{ Params: { slug: string } }>('/api/articles/:slug', async ({ params: { slug } }) => ({
    article: present((await query('article', [slug]))[0] as Row),
  }))
  for (const [method, name] of [
    ['POST', 'favorite'],
    ['DELETE', 'unfavorite'],
  ] as const) {
    app.route<{ Params: { slug: string } }>({
      method,
      url: '/api/articles/:slug/favorite',
      async handler(request) {
        const values = [readerOf(request), request.params.slug]
        await query(name, values)
        return { article: present((await query('articleAs', values))[0] as Row) }
      },
    })
  }
  await app.listen({ port: 0, host: '127.0.0.1' })
  process.send?.({ port: (app.server.address() as { port: number }).port })
})
process.on('disconnect', () => process.exit(0))
