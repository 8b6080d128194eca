/** The kernel's face for a service's author. What runs services is in `@doran/kernel/platform`. */
export type { Cache } from '@doran/cache'
export { audited, type Deed } from './audit.ts'
export type { Channel } from './channel.ts'
export { secretsIn } from './config.ts'
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
  Upload,
} from './contract.ts'
export { brokenConstraint, type Database, type Queryable, type Transaction } from './database/database.ts'
export { type Sql, sql } from './database/sql.ts'
export { publish, publishAll, publishing } from './durable/events.ts'
export { pseudonymise, subscribersOf } from './durable/published.ts'
export { startSaga } from './durable/sagas.ts'
export { DomainError, domainError } from './errors.ts'
export { countWithinHour } from './hourly.ts'
export { newId } from './id.ts'
export {
  ACCESS_TOKEN,
  type Actor,
  assertFresh,
  isFresh,
  LONGEST_TOKEN_LIFE,
  REVOCATION_TOPIC,
  type Revocation,
  TOKEN_ISSUER,
} from './identity.ts'
export { asKeyset, type Page, page } from './paging.ts'
export { assertInput, validate } from './schema.ts'
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
} from './service.ts'
export type { UploadedFile } from './upload.ts'
export { Amount, Currency, Cursor, Id, Line, Note, PageSize, Remark, Text, Timestamp, UNPRINTABLE } from './values.ts'
