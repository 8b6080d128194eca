/** The kernel's face for a service's author. What runs services is in `@doran/kernel/platform`. */
export type { Cache } from '@doran/cache'
export type { Channel } from './channel.ts'
export {
  type Client,
  type Contract,
  contract,
  del,
  type Event,
  event,
  get,
  type Input,
  isFlat,
  isStreamed,
  mediaTypeOf,
  type Operation,
  patch,
  post,
  put,
  Raw,
  type Reply,
  type Static,
  Streamed,
  type TObject,
  type TSchema,
  Type,
} from './contract.ts'
export { brokenConstraint, type Database, type Queryable, type Transaction } from './database/database.ts'
export { type Sql, sql } from './database/sql.ts'
export { publish, publishAll, publishing } from './durable/events.ts'
export { pseudonymise, subscribersOf } from './durable/published.ts'
export { startSaga } from './durable/sagas.ts'
export { DomainError, domainError } from './errors.ts'
export { newId } from './id.ts'
export {
  type Actor,
  assertFresh,
  isFresh,
  LONGEST_TOKEN_LIFE,
  REVOCATION_TOPIC,
  type Revocation,
  TOKEN_ISSUER,
} from './identity.ts'
export { asKeyset, type Page, page } from './paging.ts'
export { validate } from './schema.ts'
export {
  type Context,
  type Handler,
  job,
  on,
  type SagaFailure,
  type SubscriberContext,
  saga,
  service,
  step,
} from './service.ts'
export { Amount, Currency, Cursor, Id, Line, PageSize, Text, Timestamp } from './values.ts'
