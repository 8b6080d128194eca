/** Checks the tasks, sagas and events of each database, and the events that it relayed to other databases. */
import { type Database, sql } from '@doran/kernel'
import { services } from '../services.ts'
import type { CheckContext } from './context.ts'
import { FIRST_ID, type Scan, type Suspect, suspectsOf } from './scan.ts'

const PAGE_SIZE = 2_000
const RELAY = 'relay/'
/**
 * An event published while a subscription is being added may miss the new subscriber, and both databases delete their
 * records after thirty days. So only events between these two limits are checked.
 */
const MIN_SUBSCRIPTION_AGE = '10 seconds'
const MAX_EVENT_AGE = '29 days'

export function durableScans(context: CheckContext): Scan[] {
  return context.databases.flatMap(({ services, db }) => [
    tasks(db, context),
    sagas(db, context),
    subscribers(db, services),
    relayed(db, context),
    inbox(db, context),
  ])
}

function tasks(db: Database, { dueSeconds }: CheckContext): Scan {
  return {
    invariants: ['outbox-drained', 'sagas-ended'],
    page: (after) => ids(db, sql`select id from doran.tasks where id > ${after ?? 0} order by id limit ${PAGE_SIZE}`),
    async inspect(subjects) {
      const rows = await db.all<TaskRow>(sql`
        select t.id::text as id, t.handler, t.attempts, t.last_error as "lastError", t.state = 'dead' as dead,
               extract(epoch from now() - t.run_at)::integer as "dueFor", t.handler like '%/saga:%' as "ofSaga",
               s.state in ('running', 'compensating') as unfinished
        from doran.tasks t
        left join doran.sagas s on s.id = case when t.handler like '%/saga:%' then t.key::uuid end
        where t.id = any(${subjects}::bigint[])
          and (t.state = 'dead' or t.run_at < now() - make_interval(secs => ${dueSeconds}) or t.handler like '%/saga:%')`)
      return rows.flatMap((task) => judgeTask(task, dueSeconds))
    },
  }
}

interface TaskRow {
  id: string
  handler: string
  attempts: number
  lastError: string | null
  dead: boolean
  /** Seconds; negative until the task is due. */
  dueFor: number
  ofSaga: boolean
  /** Whether the saga is unfinished; null without a saga. */
  unfinished: boolean | null
}

function judgeTask(
  { id, handler, attempts, lastError, dead, dueFor, ofSaga, unfinished }: TaskRow,
  dueSeconds: number,
) {
  const found: Suspect[] = []
  if (ofSaga && !unfinished) {
    found.push({ invariant: 'sagas-ended', id, what: `task of ${handler}, whose saga has ended or does not exist` })
  } else if (dead && !ofSaga) {
    const what = `${handler} failed ${attempts} times: ${firstLine(lastError)}`
    found.push({ invariant: 'outbox-drained', id, what, parked: true })
  }
  if (!dead && dueFor > dueSeconds) {
    found.push({
      invariant: 'outbox-drained',
      id,
      what: `${handler} is due, and nobody takes it (attempts: ${attempts})`,
    })
  }
  return found
}

function sagas(db: Database, { sagaSeconds }: CheckContext): Scan {
  return {
    invariants: ['sagas-ended'],
    page: (after) =>
      ids(
        db,
        sql`select id from doran.sagas where state in ('running', 'compensating') and id > ${after ?? FIRST_ID}
            order by id limit ${PAGE_SIZE}`,
      ),
    async inspect(subjects) {
      const rows = await db.all<SagaRow>(sql`
        select s.id, s.name, s.key, s.state, s.step, t.state as task, t.id as "taskId", t.attempts, t.last_error as "lastError",
               s.created_at < now() - make_interval(secs => ${sagaSeconds}) as late
        from doran.sagas s
        left join doran.tasks t on t.handler = s.service || '/saga:' || s.name || '@' || s.version and t.key = s.id::text
        where s.id = any(${subjects}::uuid[]) and s.state in ('running', 'compensating')`)
      return rows.flatMap(judgeSaga)
    },
  }
}

interface SagaRow {
  id: string
  name: string
  key: string
  state: string
  step: number
  task: 'ready' | 'dead' | null
  taskId: number | null
  attempts: number
  lastError: string | null
  late: boolean
}

function judgeSaga({ id, name, key, state, step, task, taskId, attempts, lastError, late }: SagaRow): Suspect[] {
  const about = `${name} of ${key} is ${state} at step ${step}`
  if (!task) return [{ invariant: 'sagas-ended', id, what: `${about} and has no task` }]
  const tried = `task ${taskId}, attempts ${attempts}: ${firstLine(lastError)}`
  if (task === 'dead') return [{ invariant: 'sagas-ended', id, what: `${about} (${tried})`, parked: true }]
  return late ? [{ invariant: 'sagas-ended', id, what: `${about} for too long (${tried})` }] : []
}

/** Finds subscriptions that the code declares and the database lacks: their handlers would receive no events. */
function subscribers(db: Database, here: readonly string[]): Scan {
  const known = services.flatMap(({ contract: { name }, subscriptions }) =>
    subscriptions
      .filter(({ event }) => here.includes(event.name.split('.')[0] as string))
      .map(({ event }) => `${event.name} ${here.includes(name) ? '' : RELAY}${name}/on:${event.name}`),
  )
  return {
    invariants: ['outbox-drained'],
    page: async (after) => (after === undefined ? known : []),
    async inspect(subjects) {
      const missing = await db.all<{ id: string; what: string }>(sql`
        select k.subject as id, 'events are published and this handler is not told' as what
        from unnest(${subjects}::text[]) as k (subject)
        where exists (select 1 from doran.events)
          and not exists (select 1 from doran.subscriptions where event || ' ' || handler = k.subject)`)
      return suspectsOf('outbox-drained', missing)
    },
  }
}

/** Checks that events relayed to another database have arrived there, except those still on their way. */
function relayed(db: Database, context: CheckContext): Scan {
  return {
    invariants: ['events-handled-once'],
    page: (after) =>
      ids(
        db,
        sql`select id from doran.events
            where id > ${after ?? context.from}
              and name in (select event from doran.subscriptions where handler like ${`${RELAY}%`})
            order by id limit ${PAGE_SIZE}`,
      ),
    async inspect(subjects) {
      const handedOn = await db.all<Delivery>(sql`
        select e.id, substr(s.handler, ${RELAY.length + 1}) as handler
        from doran.events e
        join doran.subscriptions s on s.event = e.name and s.handler like ${`${RELAY}%`}
        left join doran.tasks t on t.handler = s.handler and t.payload ->> 'id' = e.id::text
        where e.id = any(${subjects}::uuid[]) and t.id is null
          and e.published_at between s.since + ${MIN_SUBSCRIPTION_AGE}::interval and now()
          and e.published_at > now() - ${MAX_EVENT_AGE}::interval`)
      const lost: Suspect[] = []
      for (const [handler, events] of Map.groupBy(handedOn, ({ handler }) => handler)) {
        for (const id of await missingAt(context, handler, events)) {
          lost.push({ invariant: 'events-handled-once', id, what: `was handed on to ${handler} and is not there` })
        }
      }
      return lost
    },
  }
}

interface Delivery {
  id: string
  handler: string
}

async function missingAt(context: CheckContext, handler: string, events: readonly Delivery[]): Promise<string[]> {
  const ids = events.map(({ id }) => id)
  const there = context.database(handler.split('/')[0] as string)
  const missing = await there.all<{ id: string }>(sql`
    select id from unnest(${ids}::uuid[]) as e (id)
    where not exists (select 1 from doran.inbox where event_id = e.id and handler = ${handler})`)
  return missing.map(({ id }) => id)
}

function inbox(db: Database, { from }: CheckContext): Scan {
  return {
    invariants: ['events-handled-once'],
    page: (after) =>
      ids(
        db,
        sql`select distinct event_id as id from doran.inbox where event_id > ${after ?? from} order by 1 limit ${PAGE_SIZE}`,
      ),
    async inspect(subjects) {
      const odd = await db.all<{ id: string; what: string }>(sql`
        select i.event_id as id,
               case when i.handled = 0 then format('came for %s and was never handled', i.handler)
                    else format('was handled %s times by %s', i.handled, i.handler) end as what
        from doran.inbox i
        left join doran.tasks t on t.handler = i.handler and t.payload ->> 'id' = i.event_id::text
        where i.event_id = any(${subjects}::uuid[]) and (i.handled > 1 or i.handled = 0 and t.id is null)`)
      return suspectsOf('events-handled-once', odd)
    },
  }
}

async function ids(db: Database, query: ReturnType<typeof sql>): Promise<string[]> {
  return (await db.all<{ id: string | number }>(query)).map(({ id }) => String(id))
}

function firstLine(error: string | null): string {
  return error?.split('\n')[0] ?? 'no error'
}
