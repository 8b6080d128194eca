/**
 * Events between databases. An event for a subscriber in another database is a task in the publisher's database. The
 * process that claims the task calls the subscriber; after a crash the call is repeated.
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
import { databaseIdOf, registerRemoteSubscriber, removeRemoteSubscriber } from './subscriptions.ts'

/** Adds the operations of the relay to a service. */
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
        if (database !== (await databaseIdOf(db))) await registerRemoteSubscriber(db, subscriber)
      },
      'doran.unsubscribe': async ({ handler }: { handler: string }, { db }: Context) => {
        await removeRemoteSubscriber(db, handler)
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
 * Handler of `relay/<service>/on:<event>`: passes the event on and retries without limit. The subscriber's inbox drops
 * duplicates.
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
