import { type Context, job, type Queryable, sql } from '@doran/kernel'
import { skeleton } from '../names.ts'

/** Gives their skeletons to names that were entered by an older version. Repeating it is harmless. */
export const compareNames = job('compare-names', { cron: '*/5 * * * *', run })

const BATCH = 500

async function run({ db }: Context<undefined>): Promise<void> {
  for (;;) {
    const rows = await db.all<{ id: string; username: string }>(sql`
      select id, username from "user".profiles where username_skeleton is null order by id limit ${BATCH}`)
    for (const { id, username } of rows) await setSkeleton(db, id, skeleton(username))
    if (rows.length < BATCH) return
  }
}

/** The second of two names that look the same keeps it, but nobody else gets one like it. */
async function setSkeleton(db: Queryable, id: string, wanted: string): Promise<void> {
  await db.run(sql`
    update "user".profiles set username_skeleton = ${wanted} || case
      when exists (select 1 from "user".profiles where username_skeleton = ${wanted}) then ' ' || id::text
      else ''
    end
    where id = ${id} and username_skeleton is null`)
}
