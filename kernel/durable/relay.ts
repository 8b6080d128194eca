/**
 * Events between databases. Every service has three operations for that: its subscribers come and go with two, and
 * the publisher's side hands each event on with the third. An event for a subscriber in another database is
 * a task of the publisher's database; whoever has it calls the subscriber, and a crash in between repeats that.
 */
import { crashPoint } from '@doran/faults'
import type { Metrics } from '@doran/telemetry'
import { type Client, type Contract, contract, post, Type } from '../contract.ts'
import type { Pool, Queryable } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import type { Context, EventLane, Service } from '../service.ts'
import { type EventEnvelope, receive } from './events.ts'
import { endSubscriberElsewhere, enterSubscriberElsewhere } from './subscriptions.ts'
import { complete, RELAY, type Task, type TaskHandler } from './tasks.ts'

const operations = {
  'doran.subscribe': post('/subscriptions', {
    summary: 'Have events handed on to a handler in another database',
    access: 'internal',
    idempotent: true,
    body: Type.Object({
      event: Type.String(),
      handler: Type.String(),
      database: Type.String(),
      lane: Type.Enum(['urgent', 'events', 'bulk'], { default: 'events' }),
    }),
  }),
  'doran.unsubscribe': post('/subscriptions/end', {
    summary: 'End what a handler in another database is handed on',
    access: 'internal',
    idempotent: true,
    body: Type.Object({ handler: Type.String() }),
  }),
  'doran.receive': post('/inbox', {
    summary: 'Take in an event from another database',
    access: 'internal',
    idempotent: true,
    body: Type.Object({
      handler: Type.String(),
      event: Type.Object({ id: Type.String(), name: Type.String(), data: Type.Unknown() }),
      trace: Type.Union([Type.String(), Type.Null()]),
    }),
  }),
}

/** How the service of this name is told of subscribers and of events. */
export function relayContract(service: string) {
  return contract(service, operations)
}

/** The service with these operations besides its own. */
export function withRelay(service: Service): Service {
  const { contract } = service
  return {
    ...service,
    contract: { ...contract, operations: { ...contract.operations, ...operations } } as Contract,
    operations: {
      ...service.operations,
      'doran.subscribe': async (
        { database, ...subscriber }: { event: string; handler: string; database: string; lane: EventLane },
        { db }: Context,
      ) => {
        if (database !== (await databaseIdOf(db))) await enterSubscriberElsewhere(db, subscriber)
      },
      'doran.unsubscribe': async ({ handler }: { handler: string }, { db }: Context) => {
        await endSubscriberElsewhere(db, handler)
      },
      'doran.receive': async (
        input: { handler: string; event: EventEnvelope; trace: string | null },
        { db }: Context,
      ) => {
        await receive(db, input.handler, input.event, input.trace)
      },
    },
  }
}

/** Names a database among all servers. */
export async function databaseIdOf(db: Queryable): Promise<string> {
  const { id } = await db.one<{ id: string }>(sql`
    select (select system_identifier from pg_control_system()) || '/' ||
           (select oid from pg_database where datname = current_database()) as id`)
  return id
}

/**
 * Hands an event on, for as long as it takes: `relay/<service>/on:<event>`. The inbox over there knows one that comes
 * twice.
 */
export function relay(
  from: Pool,
  metrics: Metrics,
  client: (service: string, task: Task, lease: AbortSignal) => Client<ReturnType<typeof relayContract>>,
): TaskHandler {
  return {
    async run(task, lease) {
      const handler = task.handler.slice(RELAY.length)
      const [service] = handler.split('/') as [string]
      const { id, name, data } = task.payload as EventEnvelope
      crashPoint('outbox.before-relay')
      await client(service, task, lease)['doran.receive']({ handler, event: { id, name, data }, trace: task.trace })
      crashPoint('outbox.after-relay-before-complete')
      await complete(from.at(0), task)
      metrics.events.inc({ handler })
    },
  }
}
