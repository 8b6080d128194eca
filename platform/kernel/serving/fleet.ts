/** The ways between processes, as a platform needs them; the package `@doran/fleet` provides them. */

import type { FastifyInstance } from 'fastify'
import type { Caller, Hosted, RemoteCall } from '../service/calls.ts'
import type { Channel } from '../service/channel.ts'
import type { Metrics, SpanSink } from '../telemetry/index.ts'

/** The parts of a platform that the door for other processes leads to. */
export interface FleetInside {
  readonly hosted: ReadonlyMap<string, Hosted>
  readonly caller: Caller
  readonly metrics: Metrics
  readonly spans: SpanSink | undefined
}

export interface Fleet {
  readonly call: RemoteCall
  /** Replaces PostgreSQL's notifications. */
  readonly channel: Channel | undefined
  /** Certificates of the process's server, for `node:https`; undefined for plain HTTP. */
  readonly serverTls: object | undefined
  /** Adds the routes by which other processes call the services of this one. */
  door(app: FastifyInstance, inside: FleetInside): void
  /** Tells the others that this process answers at `port`. */
  join(port: number): Promise<void>
  /** Tells them that it is about to go, and waits until they have heard. */
  leave(): Promise<void>
  close(): Promise<void>
}
