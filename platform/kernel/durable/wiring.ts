/** What durable work needs from its process. */
import type { Logger } from 'pino'
import type { Pool } from '../database/database.ts'
import type { Listener } from '../database/listener.ts'
import type { Call } from '../service/call.ts'
import type { Caller, Hosted } from '../service/calls.ts'
import type { Service } from '../service/service.ts'
import type { Metrics, SpanSink } from '../telemetry/index.ts'

/** One database and the services of this process that live in it. */
export interface DatabaseOfProcess {
  readonly services: readonly Service[]
  readonly pool: Pool
  readonly listener: Listener
}

export interface Wiring {
  readonly databases: readonly DatabaseOfProcess[]
  readonly hosted: ReadonlyMap<string, Hosted>
  readonly caller: Caller
  readonly systemCall: () => Call
  readonly concurrency: number
  /** Timeout of each call that a task makes. */
  readonly callTimeoutMs: number
  readonly holder: string | undefined
  readonly log: Logger
  readonly metrics: Metrics
  readonly spans: SpanSink | undefined
}
