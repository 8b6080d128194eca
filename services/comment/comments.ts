/** Queries and changes of comments. */
import { type Actor, publish, type Queryable, sql, type Transaction } from '@doran/kernel'
import { type Comment, commentAdded, commentDeleted, commentHidden, commentShown } from './contract.ts'
import { commentNotFound, threadClosed } from './errors.ts'

export interface CommentRow extends Omit<Comment, 'author' | 'updatedAt' | 'hidden'> {
  articleId: string
  authorId: string
  hiddenAt: string | null
  hiddenReason: string | null
}

const columns = sql`
  id, article_id as "articleId", author_id as "authorId", body, created_at as "createdAt", hidden_at as "hiddenAt",
  hidden_reason as "hiddenReason"`

export interface Thread {
  articleId: string
  reader: Actor | undefined
  /** Only comments older than this one. */
  before: number | undefined
  limit: number
}

/** Newest first. Only their authors and moderators get hidden comments. */
export function findComments(db: Queryable, { articleId, reader, before, limit }: Thread): Promise<CommentRow[]> {
  const shown = reader?.roles.includes('admin')
    ? sql.empty
    : sql`and (hidden_at is null ${reader ? sql`or author_id = ${reader.id}` : sql.empty})`
  return db.all<CommentRow>(sql`
    select ${columns} from comment.comments
    where article_id = ${articleId} ${before === undefined ? sql.empty : sql`and id < ${before}`} ${shown}
    order by id desc limit ${limit}`)
}

/** A comment of this article. Throws `comment_not_found`, also if it is hidden from the reader. */
export async function getComment(db: Queryable, articleId: string, id: number, reader: Actor): Promise<CommentRow> {
  const row = await db.first<CommentRow>(sql`
    select ${columns} from comment.comments where id = ${id} and article_id = ${articleId}`)
  const visible = row && (row.hiddenAt === null || row.authorId === reader.id || reader.roles.includes('admin'))
  if (!visible) throw commentNotFound()
  return row
}

/** Locks the comment until the transaction ends. Throws `comment_not_found`. */
export async function lockComment(tx: Transaction, id: number): Promise<CommentRow> {
  const row = await tx.first<CommentRow>(sql`select ${columns} from comment.comments where id = ${id} for update`)
  if (!row) throw commentNotFound()
  return row
}

export interface Commented {
  articleId: string
  authorId: string
  slug: string
  title: string
}

export async function insertComment(
  tx: Transaction,
  article: Commented,
  { authorId, body }: { authorId: string; body: string },
): Promise<CommentRow> {
  await shareOpenThread(tx, article.articleId)
  const row = await tx.one<CommentRow>(sql`
    insert into comment.comments (article_id, author_id, body) values (${article.articleId}, ${authorId}, ${body})
    returning ${columns}`)
  await publish(tx, commentAdded, {
    commentId: row.id,
    articleId: article.articleId,
    authorId,
    articleSlug: article.slug,
    articleTitle: article.title,
    articleAuthorId: article.authorId,
    body,
    createdAt: row.createdAt,
  })
  return row
}

/**
 * Locks the thread in share mode: other transactions may add comments meanwhile, but none may close the thread. Throws
 * `thread_closed`.
 */
async function shareOpenThread(tx: Transaction, articleId: string): Promise<void> {
  await tx.later(sql`insert into comment.threads (article_id) values (${articleId}) on conflict do nothing`)
  const open = await tx.first(sql`
    select 1 from comment.threads where article_id = ${articleId} and not closed for share`)
  if (!open) throw threadClosed()
}

/** Closes the thread of a deleted article and deletes its comments. */
export async function closeThread(tx: Transaction, articleId: string): Promise<void> {
  await tx.run(sql`
    insert into comment.threads (article_id, closed) values (${articleId}, true)
    on conflict (article_id) do update set closed = true`)
  await tx.run(sql`delete from comment.comments where article_id = ${articleId}`)
}

export async function removeComment(tx: Transaction, { id, articleId, authorId }: CommentRow): Promise<void> {
  const removed = await tx.run(sql`delete from comment.comments where id = ${id}`)
  if (removed === 1) await publish(tx, commentDeleted, { commentId: id, articleId, authorId })
}

/** Hides a comment, changes the reason, or shows the comment again with `null`. The comment must be locked. */
export async function setHidden(
  tx: Transaction,
  { id, articleId, authorId, hiddenReason }: CommentRow,
  reason: string | null,
  moderatorId: string,
): Promise<void> {
  if (hiddenReason === reason) return
  const hiddenAt = reason === null ? sql`null` : sql`coalesce(hidden_at, now())`
  await tx.run(sql`
    update comment.comments set hidden_at = ${hiddenAt}, hidden_reason = ${reason} where id = ${id}`)
  const data = { commentId: id, articleId, authorId, moderatorId }
  await (reason === null ? publish(tx, commentShown, data) : publish(tx, commentHidden, { ...data, reason }))
}

export interface LoadedComment {
  articleId: string
  authorId: string
  body: string
  createdAt: string
}

/** Inserts comments, but skips articles that have a thread already. */
export async function loadComments(tx: Transaction, comments: readonly LoadedComment[]): Promise<void> {
  await tx.run(sql`
    with input as (
      select * from jsonb_to_recordset(${sql.json(comments)}::jsonb)
        as input ("articleId" uuid, "authorId" uuid, body text, "createdAt" timestamptz)
    ), fresh as (
      insert into comment.threads (article_id) select distinct "articleId" from input on conflict do nothing
      returning article_id
    )
    insert into comment.comments (article_id, author_id, body, created_at)
    select "articleId", "authorId", body, "createdAt" from input join fresh on article_id = "articleId"
    order by "createdAt"`)
}
