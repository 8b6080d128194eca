import { newId, type Queryable, sql } from '@doran/kernel'
import type { Sample } from './contract.ts'

const columns = sql`id, title, created_at as "createdAt"`

export function insertSample(db: Queryable, title: string): Promise<Sample> {
  return db.one<Sample>(sql`
    insert into sample.samples (id, title) values (${newId()}, ${title}) returning ${columns}`)
}

export function findSample(db: Queryable, id: string): Promise<Sample | undefined> {
  return db.first<Sample>(sql`select ${columns} from sample.samples where id = ${id}`)
}

/** Newest first, older than the sample `before`. Ids ascend with time. */
export function findSamples(db: Queryable, before: string | undefined, limit: number): Promise<Sample[]> {
  return db.all<Sample>(sql`
    select ${columns} from sample.samples
    ${before ? sql`where id < ${before}` : sql.empty} order by id desc limit ${limit}`)
}
