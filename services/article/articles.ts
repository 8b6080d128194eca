/** Reads and changes of single articles. Lists are in article-list.ts. */
import { type Actor, publish, type Queryable, sql, type Transaction } from '@doran/kernel'
import {
  type ArticleSummary,
  articleDeleted,
  articleHidden,
  articlePublished,
  articleShown,
  articleUpdated,
} from './contract.ts'
import { addToCounts, removeFromCounts, updateTagCounts } from './counts.ts'
import { articleNotFound } from './errors.ts'
import { claimSlug, slugOf } from './slugs.ts'

export interface ArticleRow extends Omit<ArticleSummary, 'author' | 'favorited' | 'tagList' | 'favoritesCount'> {
  id: string
  authorId: string
  tags: string[]
  favorites: number
}

export interface FullArticleRow extends ArticleRow {
  body: string
  version: number
  hiddenAt: string | null
  hiddenReason: string | null
}

export const summaryColumns = sql`
  a.id, a.slug, a.author_id as "authorId", a.title, a.description, a.tags, a.favorites, a.created_at as "createdAt",
  a.updated_at as "updatedAt"`
/** Columns of `article.articles a` joined with `article.bodies b`. */
export const articleColumns = sql`
  ${summaryColumns}, b.body, a.version, a.hidden_at as "hiddenAt", a.hidden_reason as "hiddenReason"`

/** An expression: whether the article is a favourite of this reader. */
export function favoritedBy(readerId: string | undefined) {
  if (readerId === undefined) return sql`false`
  return sql`exists (select 1 from article.favorites f where f.user_id = ${readerId} and f.article_id = a.id)`
}

export type ArticleFound = FullArticleRow & { favorited: boolean }

/** The article with this current or former slug. Throws `article_not_found`, also if it is hidden from the reader. */
export async function getArticleFor(db: Queryable, slug: string, reader: Actor | undefined): Promise<ArticleFound> {
  const find = (where: ReturnType<typeof sql>) =>
    db.first<ArticleFound>(sql`
      select ${articleColumns}, ${favoritedBy(reader?.id)} as favorited
      from article.articles a join article.bodies b on b.article_id = a.id where ${where}`)
  const found =
    (await find(sql`a.slug = ${slug}`)) ??
    (await find(sql`a.id = (select article_id from article.slugs where slug = ${slug})`))
  if (!found || !maySee(found, reader)) throw articleNotFound()
  return found
}

function maySee({ hiddenAt, authorId }: FullArticleRow, reader: Actor | undefined): boolean {
  return hiddenAt === null || reader?.id === authorId || (reader?.roles.includes('admin') ?? false)
}

/** Locks the article until the transaction ends. Throws `article_not_found`. */
export async function lockArticle(tx: Transaction, id: string): Promise<FullArticleRow> {
  const row = await tx.first<FullArticleRow>(sql`
    select ${articleColumns} from article.articles a join article.bodies b on b.article_id = a.id
    where a.id = ${id} for update of a`)
  if (!row) throw articleNotFound()
  return row
}

export interface NewArticle {
  authorId: string
  title: string
  description: string
  body: string
  tags: string[]
}

export async function insertArticle(tx: Transaction, article: NewArticle): Promise<FullArticleRow> {
  const { authorId, title, description, body, tags } = article
  const { id } = await tx.one<{ id: string }>(sql`select article.id_at(clock_timestamp()) as id`)
  const slug = await claimSlug(tx, title, id)
  // Uses the id's timestamp, in milliseconds, so that ids and creation times have the same order.
  const createdAt = new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toISOString()
  const row = await tx.one<FullArticleRow>(sql`
    with a as (
      insert into article.articles (id, slug, author_id, title, description, tags, created_at, updated_at)
      values (${id}, ${slug}, ${authorId}, ${title}, ${description}, ${tags}, ${createdAt}, ${createdAt})
      returning *
    ), b as (
      insert into article.bodies (article_id, body) select id, ${body} from a returning article_id, body
    )
    select ${articleColumns} from a join b on b.article_id = a.id`)
  await addToCounts(tx, [row])
  await publish(tx, articlePublished, contentOf(row))
  return row
}

export type ArticleChange = { [Field in 'title' | 'description' | 'body' | 'tags']?: NewArticle[Field] | undefined }

/** Changes the given fields of an article. The article must be locked. */
export async function changeArticle(
  tx: Transaction,
  before: FullArticleRow,
  change: ArticleChange,
): Promise<FullArticleRow> {
  const { title = before.title, description = before.description, body = before.body, tags = before.tags } = change
  const sameSlug = slugOf(title) === slugOf(before.title)
  const slug = sameSlug ? before.slug : await claimSlug(tx, title, before.id)
  if (body !== before.body) await tx.run(sql`update article.bodies set body = ${body} where article_id = ${before.id}`)
  const row = await tx.one<FullArticleRow>(sql`
    with a as (
      update article.articles set
        slug = ${slug}, title = ${title}, description = ${description}, tags = ${tags}, version = version + 1,
        updated_at = greatest(date_trunc('milliseconds', clock_timestamp()), updated_at + interval '1 millisecond')
      where id = ${before.id} returning *
    )
    select ${articleColumns} from a join article.bodies b on b.article_id = a.id`)
  if (before.hiddenAt === null && tags.join('\n') !== before.tags.join('\n')) {
    await updateTagCounts(tx, before.id, before.tags, tags)
  }
  await publish(tx, articleUpdated, contentOf(row))
  return row
}

/** Deletes an article with its favourites and reports. The article must be locked. */
export async function removeArticle(tx: Transaction, article: FullArticleRow): Promise<void> {
  const { id: articleId, authorId, version } = article
  if (article.hiddenAt === null) await removeFromCounts(tx, article)
  await tx.run(sql`delete from article.articles where id = ${articleId}`)
  await publish(tx, articleDeleted, { articleId, authorId, version: version + 1 })
}

/** Hides an article, changes the reason, or shows the article again with `null`. The article must be locked. */
export async function setHidden(
  tx: Transaction,
  before: FullArticleRow,
  reason: string | null,
  moderatorId: string,
): Promise<FullArticleRow> {
  if (before.hiddenReason === reason) return before
  const row = await tx.one<FullArticleRow>(sql`
    with a as (
      update article.articles set
        hidden_at = ${reason === null ? null : sql`coalesce(hidden_at, now())`}, hidden_reason = ${reason},
        version = version + 1
      where id = ${before.id} returning *
    )
    select ${articleColumns} from a join article.bodies b on b.article_id = a.id`)
  if (before.hiddenAt === null) await removeFromCounts(tx, before)
  if (row.hiddenAt === null) await addToCounts(tx, [row])
  const data = { articleId: row.id, version: row.version, slug: row.slug, authorId: row.authorId, moderatorId }
  await (reason === null ? publish(tx, articleShown, data) : publish(tx, articleHidden, { ...data, reason }))
  return row
}

function contentOf(row: FullArticleRow) {
  const { id: articleId, version, slug, authorId, title, description, body, tags: tagList, createdAt, updatedAt } = row
  return { articleId, version, slug, authorId, title, description, body, tagList, createdAt, updatedAt }
}
