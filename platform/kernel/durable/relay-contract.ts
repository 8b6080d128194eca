/**
 * Operations between services in different databases: they subscribe and unsubscribe, pass events on, and replace
 * fields of events later. Every service has these operations besides its own.
 */
import { contract, post, Type } from '../contract/contract.ts'
import { Nullable } from '../contract/values.ts'

export const relayOperations = {
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
      trace: Nullable(Type.String()),
    }),
  }),
  'doran.pseudonymise': post('/inbox/pseudonyms', {
    summary: 'Replace fields of events that have been taken in and not been delivered',
    access: 'internal',
    idempotent: true,
    body: Type.Object({
      name: Type.String(),
      about: Type.Record(Type.String(), Type.String()),
      fields: Type.Record(Type.String(), Type.String()),
    }),
  }),
}

/** The relay operations of the service with this name. */
export function relayContract(service: string) {
  return contract(service, relayOperations)
}
