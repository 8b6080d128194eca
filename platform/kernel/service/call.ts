import type { Deadline } from '../contract/deadline.ts'
import type { Trace } from '../telemetry/index.ts'
import type { Actor } from './actor.ts'

/** The circumstances of a call, which travel with it from service to service. */
export interface Call {
  readonly actor: Actor | undefined
  readonly deadline: Deadline
  readonly trace: Trace
  /** Id of the public request that caused the call; undefined for tasks. */
  readonly request: string | undefined
  /** Network address of the client that sent the public request; undefined for tasks. */
  readonly address?: string | undefined
  /** Idempotency key; undefined when the caller sent none. */
  readonly key: string | undefined
  /** Nesting depth: 0 for a request or task, plus one for each call inside it. */
  readonly depth: number
}
