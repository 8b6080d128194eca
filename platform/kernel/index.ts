/**
 * The kernel's API for authors of services. Contracts use `@doran/kernel/contract`, and code that runs services uses
 * `@doran/kernel/platform`.
 */

export { DomainError, domainError } from './contract/errors.ts'
export { assertInput, validate } from './contract/schema.ts'
export { brokenConstraint, type Database, type Queryable, type Transaction } from './database/database.ts'
export { type Sql, sql } from './database/sql.ts'
export { publish, publishAll, publishing } from './durable/events.ts'
export { pseudonymise, subscribersOf } from './durable/published.ts'
export { startSaga } from './durable/sagas.ts'
export { type Actor, assertFresh, isFresh } from './service/actor.ts'
export { audited, type Deed } from './service/audit.ts'
export type { Cache } from './service/cache.ts'
export type { Channel } from './service/channel.ts'
export { countWithinHour } from './service/hourly.ts'
export { newId } from './service/id.ts'
export { asKeyset } from './service/paging.ts'
export {
  type Context,
  type Handler,
  job,
  on,
  type SagaFailure,
  type SagaTurn,
  type StepResults,
  type SubscriberContext,
  saga,
  service,
  step,
} from './service/service.ts'
export { secretsIn } from './serving/config.ts'
