/** Readers' reports to the moderators. */
import { asKeyset, type Queryable, sql } from '@doran/kernel'
import { Id, type Page, type Static } from '@doran/kernel/contract'
import type { NewReport, ReportedArticle } from './contract.ts'

export async function insertReport(
  db: Queryable,
  articleId: string,
  reporterId: string,
  { reason, note }: Static<typeof NewReport>,
): Promise<void> {
  await db.run(sql`
    insert into article.reports as r (article_id, reporter_id, reason, note)
    values (${articleId}, ${reporterId}, ${reason}, ${note})
    on conflict (article_id, reporter_id) do update set
      reason = excluded.reason, note = excluded.note, reported_at = now(), closed_at = null`)
}

/** Closes the open reports after a moderator's decision. */
export async function closeReports(db: Queryable, articleId: string): Promise<void> {
  await db.run(sql`update article.reports set closed_at = now() where article_id = ${articleId} and closed_at is null`)
}

interface ReportedRow extends Omit<ReportedArticle, 'hidden'> {
  id: string
  hiddenAt: string | null
  hiddenReason: string | null
}

const columns = sql`
  a.id, a.slug, a.title, a.author_id as "authorId", a.hidden_at as "hiddenAt", a.hidden_reason as "hiddenReason",
  coalesce((
    select json_agg(json_build_object(
      'reporterId', r.reporter_id, 'reason', r.reason, 'note', r.note,
      'reportedAt', ${sql.time(sql`r.reported_at`)}
    ) order by r.reported_at)
    from (
      select * from article.reports where article_id = a.id and closed_at is null order by reported_at limit 100
    ) r
  ), '[]') as reports`

/** Newest article first. */
export async function findReportedArticles(
  db: Queryable,
  { state, cursor, limit }: { state: 'reported' | 'hidden'; cursor: string | undefined; limit: number },
): Promise<Page<ReportedArticle>> {
  const [id] = asKeyset.read(cursor, [Id]) ?? []
  const wanted =
    state === 'hidden'
      ? sql`a.hidden_at is not null`
      : sql`exists (select 1 from article.reports r where r.article_id = a.id and r.closed_at is null)`
  const rows = await db.all<ReportedRow>(sql`
    select ${columns} from article.articles a
    where ${wanted} ${id === undefined ? sql.empty : sql`and a.id < ${id}`}
    order by a.id desc limit ${limit + 1}`)
  return asKeyset.page(rows, limit, (row) => [row.id], present)
}

export async function getReportedArticle(db: Queryable, articleId: string): Promise<ReportedArticle> {
  return present(await db.one<ReportedRow>(sql`select ${columns} from article.articles a where a.id = ${articleId}`))
}

function present({ id: _id, hiddenAt, hiddenReason, ...row }: ReportedRow): ReportedArticle {
  return { ...row, hidden: hiddenAt === null ? null : { at: hiddenAt, reason: hiddenReason ?? '' } }
}
