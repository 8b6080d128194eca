/** The kernel's API for code that runs services: commands, the fleet, the gateway and tests. */

export { Deadline } from './contract/deadline.ts'
export { type ErrorFactory, fromProblem, kernelErrors, type Problem, toProblem } from './contract/errors.ts'
export { bodyLimitOf, INTERNAL_BODY_LIMIT, inputOfCall } from './contract/input.ts'
export {
  createPlatform,
  kernelMigrations,
  migrationsOf,
  type Platform,
  type PlatformOptions,
} from './create-platform.ts'
export { Pool } from './database/database.ts'
export { Listener } from './database/listener.ts'
export { MigrationChangedError, type MigrationSource, migrate, readMigrations } from './database/migrate.ts'
export {
  type AuditEntry,
  type AuditFilter,
  auditNumbers,
  findAuditEntries,
  findBrokenEntries,
} from './service/audit.ts'
export { encodeJson } from './service/cache.ts'
export type { Call } from './service/call.ts'
export { authorise, type CallMode, type Hosted, MAX_DEPTH, type RemoteCall } from './service/calls.ts'
export { Topics } from './service/channel.ts'
export { assertKey } from './service/idempotency.ts'
export type { Service } from './service/service.ts'
export {
  ConfigError,
  databaseUrlOf,
  databaseVariable,
  defaultSecrets,
  type KernelConfig,
  kernelConfig,
  readConfig,
  secretsIn,
} from './serving/config.ts'
export type { Fleet, FleetInside } from './serving/fleet.ts'
export { beginServing, type Edge, type EdgeInside } from './serving/http.ts'
export { Identity, type IdentitySource } from './serving/identity.ts'
export { isLoopback } from './serving/metrics-door.ts'
export { SECURITY_HEADERS } from './serving/problems.ts'
export { discardTask, listTasks, replayTask, type TaskSummary } from './tasks/tasks.ts'
export {
  beginSpan,
  childOf,
  createLog,
  gauge,
  type Metrics,
  type Span,
  type SpanSink,
  type Trace,
  traceFrom,
  traceParent,
} from './telemetry/index.ts'
