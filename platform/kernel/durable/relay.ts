/**
 * Events between databases. An event for a subscriber in another database is a task of the publisher's database; the
 * process that has claimed it calls the subscriber, and a crash in between repeats the call.
 */

import type { Client, Contract } from '../contract/contract.ts'
import type { Pool } from '../database/database.ts'
import { crashPoint } from '../faults/index.ts'
import type { Context, EventLane, Service } from '../service/service.ts'
import { complete, PSEUDONYMISING, RELAY, type Task, type TaskHandler } from '../tasks/tasks.ts'
import type { Metrics } from '../telemetry/index.ts'
import { type EventEnvelope, receive } from './events.ts'
import { type Pseudonyms, pseudonymiseDeliveries } from './published.ts'
import { type relayContract, relayOperations } from './relay-contract.ts'
import { databaseIdOf, endSubscriberElsewhere, enterSubscriberElsewhere } from './subscriptions.ts'

/** The service with these operations besides its own. */
export function withRelay(service: Service): Service {
  const { contract } = service
  return {
    ...service,
    contract: { ...contract, operations: { ...contract.operations, ...relayOperations } } as Contract,
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
      'doran.pseudonymise': async (pseudonyms: Pseudonyms, { db }: Context) => {
        await pseudonymiseDeliveries(db, pseudonyms)
      },
    },
  }
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
      const subscriber = client(service, task, lease)
      if (task.handler.endsWith(PSEUDONYMISING)) {
        await subscriber['doran.pseudonymise'](task.payload as Pseudonyms)
        return complete(from.at(0), task)
      }
      const { id, name, data } = task.payload as EventEnvelope
      crashPoint('outbox.before-relay')
      await subscriber['doran.receive']({ handler, event: { id, name, data }, trace: task.trace })
      crashPoint('outbox.after-relay-before-complete')
      await complete(from.at(0), task)
      metrics.events.inc({ handler })
    },
  }
}
