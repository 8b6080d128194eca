import type { Event } from '../contract/contract.ts'
import { assertValid, validate } from '../contract/schema.ts'
import type { Static, TSchema } from '../contract/type.ts'
import type { Queryable, Transaction } from '../database/database.ts'
import { type Sql, sql } from '../database/sql.ts'
import { crashPoint, holds } from '../faults/index.ts'
import { newId } from '../service/id.ts'
import { due, LeaseLostError, NonRetryableError, type Task } from '../tasks/tasks.ts'

/** A published event as its subscribers receive it. */
export interface EventEnvelope {
  id: string
  name: string
  data: unknown
}

/**
 * Checks an event before its handler receives it: an earlier version may have published it, or someone may have written
 * it into the database by hand. Members that this version does not know are allowed. Throws {@link NonRetryableError}.
 */
export function eventReader({ name, data }: Event): (envelope: EventEnvelope) => unknown {
  const schema = allowingUnknownMembers(data) as TSchema
  return (envelope) => {
    const errors = validate(schema, envelope.data)
    if (!errors) return envelope.data
    throw new NonRetryableError(
      `${name} does not fit the schema of the handler's version: ${JSON.stringify(errors)}. ` +
        'Replay it where a version runs that knows this shape, or discard it.',
    )
  }
}

/** The schema without `additionalProperties: false`: a later version may have added members. */
function allowingUnknownMembers(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(allowingUnknownMembers)
  if (typeof schema !== 'object' || schema === null) return schema
  const kept = Object.entries(schema).filter(([name, value]) => name !== 'additionalProperties' || value !== false)
  return Object.fromEntries(kept.map(([name, value]) => [name, allowingUnknownMembers(value)]))
}

/**
 * Publishes in the caller's transaction, which writes the event and one task for each subscriber together with the
 * change itself, or writes nothing. Delivery is at least once, in any order.
 */
export function publish<S extends TSchema>(tx: Transaction, event: Event<S>, data: Static<S>): Promise<void> {
  return publishAll(tx, event, [data])
}

/** {@link publish} for many events of one kind, in one statement. */
export async function publishAll<S extends TSchema>(
  tx: Transaction,
  event: Event<S>,
  all: readonly Static<S>[],
): Promise<void> {
  if (all.length === 0) return
  for (const data of all) assertValid(event.data, data, event.name)
  const ids = all.map(() => newId())
  const json = all.map((data) => JSON.stringify(data))
  const rows = sql`select id, data from unnest(${ids}::uuid[], ${json}::jsonb[]) as e (id, data)`
  await tx.later(sql`with ${insertingEvents(tx, event, rows)} select 1`)
}

/**
 * {@link publish} as part of the statement that makes the change:
 * `with changed as (update …), ${publishing(db, event, data)} select …`, where `data` selects the event's data as `jsonb`
 * from at most one row. One statement saves the round trips of a transaction. Nothing checks here that the data fits the
 * event, so write a test that does.
 */
export function publishing(db: Queryable, event: Event, data: Sql): Sql {
  return insertingEvents(db, event, sql`select ${newId()}::uuid as id, data from (${data}) as changed (data)`)
}

/** Inserts the event and a task for each subscriber. PostgreSQL runs these parts although nothing reads them. */
function insertingEvents({ trace }: Queryable, { name }: Event, rows: Sql): Sql {
  return sql`
    event as (
      insert into doran.events (id, name, data, trace) select id, ${name}, data, ${trace} from (${rows}) as rows
      returning id, name, data, trace
    ), deliveries as (
      insert into doran.tasks (handler, payload, trace)
      select s.handler, jsonb_build_object('id', e.id, 'name', e.name, 'data', e.data), e.trace
      from event e join doran.subscriptions s on s.event = e.name
    ) ${due(name)}`
}

/**
 * Stores an event from another database and adds its task. Returns false and does nothing if the inbox has the event
 * already.
 */
export async function receive(
  database: Queryable,
  handler: string,
  event: EventEnvelope,
  trace: string | null,
): Promise<boolean> {
  crashPoint('inbox.before-insert')
  const onConflict = holds('inbox') ? sql`do nothing` : sql`(event_id, handler) do update set received_at = now()`
  const received = await database.run(sql`
    with fresh as (
      insert into doran.inbox (event_id, handler) values (${event.id}, ${handler})
      on conflict ${onConflict} returning 1
    )
    insert into doran.tasks (handler, payload, trace)
    select ${handler}, ${sql.json(event)}::jsonb, ${trace} from fresh ${due(handler)}`)
  crashPoint('inbox.after-insert-before-answer')
  return received > 0
}

/**
 * Completes the deliveries of events, all or none. The same statement counts those from another database as handled in
 * the inbox. Throws {@link LeaseLostError}.
 */
export async function completeDeliveries(tx: Queryable, tasks: readonly Task[]): Promise<void> {
  const held = sql`unnest(
    ${tasks.map(({ id }) => id)}::bigint[], ${tasks.map(({ epoch }) => epoch)}::bigint[],
    ${tasks.map(({ payload }) => (payload as EventEnvelope).id)}::uuid[]) as held (id, epoch, event)`
  const ended = await tx.run(sql`
    with ended as (
      delete from doran.tasks t using ${held}
      where t.id = held.id ${holds('lease-epoch') ? sql`and t.epoch = held.epoch` : sql.empty}
      returning t.handler, held.event
    ), counted as (
      update doran.inbox i set handled = i.handled + 1 from ended where i.event_id = ended.event and i.handler = ended.handler
    )
    select 1 from ended`)
  if (ended < tasks.length && holds('lease-epoch')) throw new LeaseLostError()
}
