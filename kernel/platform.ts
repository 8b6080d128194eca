/** The kernel's face for what runs services: commands, the fleet, the gateway and tests. */
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
} from '@doran/telemetry'
export {
  type AuditEntry,
  type AuditFilter,
  auditNumbers,
  findAuditEntries,
  findBrokenEntries,
} from './audit.ts'
export { authorise, type Call, type CallMode, type Hosted, MAX_DEPTH, type RemoteCall } from './calls.ts'
export { Topics } from './channel.ts'
export {
  ConfigError,
  databaseUrlOf,
  databaseVariable,
  defaultSecrets,
  type KernelConfig,
  kernelConfig,
  readConfig,
  secretsIn,
} from './config.ts'
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
export { Deadline } from './deadline.ts'
export { discardTask, listTasks, replayTask, type TaskSummary } from './durable/tasks.ts'
export { type ErrorFactory, fromProblem, kernelErrors, type Problem, toProblem } from './errors.ts'
export type { Fleet, FleetInside } from './fleet.ts'
export { beginServing, type Edge, type EdgeInside } from './http.ts'
export { assertKey } from './idempotency.ts'
export { Identity, type IdentitySource } from './identity.ts'
export { bodyLimitOf, INTERNAL_BODY_LIMIT, inputOfCall } from './input.ts'
export { isLoopback } from './metrics-door.ts'
export { SECURITY_HEADERS } from './problems.ts'
export type { Service } from './service.ts'
