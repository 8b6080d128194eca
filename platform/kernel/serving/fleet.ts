/** How a platform reaches other processes. The package `@doran/fleet` implements this. */

import type { FastifyInstance } from 'fastify'
import type { Caller, Hosted, RemoteCall } from '../service/calls.ts'
import type { Channel } from '../service/channel.ts'
import type { Metrics, SpanSink } from '../telemetry/index.ts'

/** The parts of a platform that other processes may call. */
export interface FleetInside {
  readonly hosted: ReadonlyMap<string, Hosted>
  readonly caller: Caller
  readonly metrics: Metrics
  readonly spans: SpanSink | undefined
}

export interface Fleet {
  /** Calls an operation of a service in another process. */
  readonly call: RemoteCall
  /** Channel that replaces PostgreSQL notifications; undefined to keep them. */
  readonly channel: Channel | undefined
  /** Options with the certificates of the server of this process, for `node:https`; undefined for plain HTTP. */
  readonly serverTls: object | undefined
  /** Adds the routes by which other processes call the services of this one. */
  door(app: FastifyInstance, inside: FleetInside): void
  /** Announces to other processes that this one answers at `port`. */
  join(port: number): Promise<void>
  /** Announces that this process is about to stop, and waits until the others have heard it. */
  leave(): Promise<void>
  close(): Promise<void>
}
