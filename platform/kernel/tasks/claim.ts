/** Claiming: chooses the due tasks that a process takes for its free slots. */
import type { Queryable } from '../database/database.ts'
import { type Sql, sql } from '../database/sql.ts'
import type { EventLane } from '../service/service.ts'
import { RELAY, type Task } from './tasks.ts'

/** A handler that this process may run now. */
export interface Vacancy {
  readonly handler: string
  /** Handlers of one group share its room. A group is a lane, or one handler that takes batches. */
  readonly group: string
  /** Most tasks to claim for the group. */
  readonly groupRoom: number
  /** Most tasks to claim for the handler. */
  readonly room: number
  /** Runs in progress in this process. Handlers with fewer runs come first. */
  readonly running: number
}

export interface Vacancies {
  readonly handlers: readonly Vacancy[]
  /** Free slots of each lane for relays to other databases; empty when the claim is not for relays. */
  readonly relays: Readonly<Partial<Record<EventLane, number>>>
  /** Runs of each relay in progress in this process. */
  readonly relaying: Readonly<Record<string, number>>
  readonly leaseMs: number
  readonly holder: string
}

export interface Claimed {
  readonly tasks: readonly (Task & { group: string })[]
  /** Another process has taken some of the candidates, so more tasks may be due. */
  readonly contended: boolean
}

type Row = { [K in keyof Task]: Task[K] | null } & { group: string | null; candidates: number }

export async function claim(database: Queryable, vacancies: Vacancies): Promise<Claimed> {
  const rows = await database.all<Row>(claimStatement(vacancies))
  const tasks = rows.filter((row): row is Task & Row & { group: string } => row.id !== null)
  return { tasks, contended: tasks.length < (rows[0]?.candidates ?? 0) }
}

/**
 * Looks up each handler separately in the index, so the cost does not depend on the backlog of other handlers. Handlers
 * of a group take turns, the oldest task first, so a handler with thousands of tasks does not starve the others.
 *
 * The search for candidates takes no locks: it would lock tasks that this process does not claim in the end, and other
 * processes could not claim those.
 */
export function claimStatement({ handlers, relays, relaying, leaseMs, holder }: Vacancies): Sql {
  const free = handlers.filter(({ room }) => room > 0)
  const relaysToo = sql`
    union all
    select r.handler, l.lane, l.room, l.room, coalesce((${sql.json(relaying)}::jsonb ->> r.handler)::integer, 0)
    from relays r
    join unnest(${Object.keys(relays)}::text[], ${Object.values(relays)}::integer[]) as l (lane, room)
      on l.lane = coalesce((select s.lane from doran.subscriptions s where s.handler = r.handler limit 1), 'events')
    where r.handler is not null and l.room > 0`
  const isRelaying = Object.keys(relays).length > 0
  return sql`
    with recursive ${isRelaying ? sql`${relayHandlers},` : sql.empty}
    vacancies (handler, "group", group_room, room, running) as (
      select * from unnest(
        ${free.map(({ handler }) => handler)}::text[], ${free.map(({ group }) => group)}::text[],
        ${free.map(({ groupRoom }) => groupRoom)}::integer[], ${free.map(({ room }) => room)}::integer[],
        ${free.map(({ running }) => running)}::integer[])
      ${isRelaying ? relaysToo : sql.empty}
    ), candidates as materialized (
      select id, "group" from (
        select due.id, v."group", v.group_room,
               row_number() over (partition by v."group" order by v.running + due.turn, due.run_at) as place
        from vacancies v
        cross join lateral (
          select id, run_at, row_number() over (order by run_at) as turn from (
            select t.id, t.run_at from doran.tasks t
            where t.handler collate "C" = v.handler and t.state = 'ready' and t.run_at <= now()
            order by t.run_at limit v.room
          ) as oldest
        ) as due
      ) as ranked
      where place <= group_room
    ), mine as materialized (
      select id from doran.tasks
      where id = any(array(select id from candidates)) and state = 'ready' and run_at <= now()
      for update skip locked
    ), claimed as (
      update doran.tasks t set
        run_at = now() + make_interval(secs => ${leaseMs / 1000}),
        epoch = epoch + 1,
        attempts = attempts + 1,
        holder = ${holder}
      from mine where t.id = mine.id
      returning t.id, t.handler, t.payload, t.trace, t.epoch, t.attempts
    )
    select c.*, candidates."group", (select count(*) from candidates) as candidates
    from (select 1) as always
    left join (claimed c join candidates using (id)) on true`
}

/** The relays that have tasks, by a loose index scan: each step finds the next name and skips all other rows. */
const relayHandlers = sql`
  relays (handler) as (
    select ${firstRelay(sql`>= ${RELAY}`)}
    union all
    select ${firstRelay(sql`> r.handler`)} from relays r where r.handler is not null
  )`

function firstRelay(after: Sql): Sql {
  return sql`(
    select t.handler collate "C" from doran.tasks t
    where t.state = 'ready' and t.handler collate "C" ${after} and t.handler collate "C" < 'relay0'
    order by t.handler collate "C" limit 1)`
}
