import type { Deadline } from '../contract/deadline.ts'
import type { Trace } from '../telemetry/index.ts'
import type { Actor } from './actor.ts'

/** What travels with a call from service to service. */
export interface Call {
  readonly actor: Actor | undefined
  readonly deadline: Deadline
  readonly trace: Trace
  /** Id of the request at the public door that caused it; undefined for tasks. */
  readonly request: string | undefined
  /** Network address of the client at the public door; undefined for tasks. */
  readonly address?: string | undefined
  /** Idempotency key; undefined when the caller gave none. */
  readonly key: string | undefined
  /** 0 for a request or task, one more for each call inside it. */
  readonly depth: number
}
