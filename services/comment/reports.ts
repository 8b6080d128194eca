/** Readers' reports to the moderators. */
import { asKeyset, type Queryable, sql } from '@doran/kernel'
import { type Page, type Static, Type } from '@doran/kernel/contract'
import type { comment, ReportedComment } from './contract.ts'

type NewReport = Static<typeof comment.operations.reportComment.body>

export async function insertReport(
  db: Queryable,
  commentId: number,
  reporterId: string,
  { reason, note }: NewReport,
): Promise<void> {
  await db.run(sql`
    insert into comment.reports as r (comment_id, reporter_id, reason, note)
    values (${commentId}, ${reporterId}, ${reason}, ${note})
    on conflict (comment_id, reporter_id) do update set
      reason = excluded.reason, note = excluded.note, reported_at = now(), closed_at = null`)
}

/** Closes the open reports after a moderator's decision. */
export async function closeReports(db: Queryable, commentId: number): Promise<void> {
  await db.run(sql`update comment.reports set closed_at = now() where comment_id = ${commentId} and closed_at is null`)
}

interface ReportedRow extends Omit<ReportedComment, 'hidden'> {
  hiddenAt: string | null
  hiddenReason: string | null
}

const columns = sql`
  c.id, c.article_id as "articleId", c.author_id as "authorId", c.body, c.hidden_at as "hiddenAt",
  c.hidden_reason as "hiddenReason",
  coalesce((
    select json_agg(json_build_object(
      'reporterId', r.reporter_id, 'reason', r.reason, 'note', r.note,
      'reportedAt', ${sql.time(sql`r.reported_at`)}
    ) order by r.reported_at)
    from (
      select * from comment.reports where comment_id = c.id and closed_at is null order by reported_at limit 100
    ) r
  ), '[]') as reports`

const Key = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

/** Newest comment first. */
export async function findReportedComments(
  db: Queryable,
  { state, cursor, limit }: { state: 'reported' | 'hidden'; cursor: string | undefined; limit: number },
): Promise<Page<ReportedComment>> {
  const [id] = asKeyset.read(cursor, [Key]) ?? []
  const wanted =
    state === 'hidden'
      ? sql`c.hidden_at is not null`
      : sql`exists (select 1 from comment.reports r where r.comment_id = c.id and r.closed_at is null)`
  const rows = await db.all<ReportedRow>(sql`
    select ${columns} from comment.comments c
    where ${wanted} ${id === undefined ? sql.empty : sql`and c.id < ${id}`}
    order by c.id desc limit ${limit + 1}`)
  return asKeyset.page(rows, limit, (row) => [row.id], present)
}

export async function getReportedComment(db: Queryable, commentId: number): Promise<ReportedComment> {
  return present(await db.one<ReportedRow>(sql`select ${columns} from comment.comments c where c.id = ${commentId}`))
}

function present({ hiddenAt, hiddenReason, ...row }: ReportedRow): ReportedComment {
  return { ...row, hidden: hiddenAt === null ? null : { at: hiddenAt, reason: hiddenReason ?? '' } }
}
