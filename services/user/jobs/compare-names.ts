import { type Context, job, type Queryable, sql } from '@doran/kernel'
import { skeleton } from '../names.ts'

/**
 * Computes the skeletons of names that an older version stored. Repeating it is harmless: it only fills in missing
 * ones.
 */
export const compareNames = job('compare-names', { cron: '*/5 * * * *', run })

const BATCH_ROWS = 500

async function run({ db }: Context<undefined>): Promise<void> {
  for (;;) {
    const rows = await db.all<{ id: string; username: string }>(sql`
      select id, username from "user".profiles where username_skeleton is null order by id limit ${BATCH_ROWS}`)
    for (const { id, username } of rows) await setSkeleton(db, id, skeleton(username))
    if (rows.length < BATCH_ROWS) return
  }
}

/**
 * Both of two old names that look the same stay valid: the second one gets a skeleton made unique by its id. A new name
 * that looks like them is refused.
 */
async function setSkeleton(db: Queryable, id: string, wanted: string): Promise<void> {
  await db.run(sql`
    update "user".profiles set username_skeleton = ${wanted} || case
      when exists (select 1 from "user".profiles where username_skeleton = ${wanted}) then ' ' || id::text
      else ''
    end
    where id = ${id} and username_skeleton is null`)
}
