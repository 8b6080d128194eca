/** Routes by which other processes call the services of this one. The gateway never forwards requests to them. */

import { Readable } from 'node:stream'
import { isStreamed, type Operation } from '@doran/kernel/contract'
import {
  assertKey,
  authorise,
  beginServing,
  bodyLimitOf,
  type Call,
  Deadline,
  encodeJson,
  type FleetInside,
  type Hosted,
  INTERNAL_BODY_LIMIT,
  inputOfCall,
  MAX_DEPTH,
  traceFrom,
} from '@doran/kernel/platform'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { HEADERS } from './remote.ts'
import type { ServiceTokens } from './service-token.ts'

const MAX_TIMEOUT_MS = 300_000
/** A call's body exceeds the original one: JSON escapes text, and the flat input contains path and query, too. */
const BODY_GROWTH_FACTOR = 2

export function openDoor(app: FastifyInstance, tokens: ServiceTokens, inside: FleetInside): void {
  for (const hosted of inside.hosted.values()) {
    for (const name of Object.keys(hosted.service.contract.operations)) addRoute(app, tokens, inside, hosted, name)
  }
}

function addRoute(
  app: FastifyInstance,
  tokens: ServiceTokens,
  { caller, spans }: FleetInside,
  hosted: Hosted,
  name: string,
): void {
  const { contract } = hosted.service
  const operation = contract.operations[name] as Operation
  app.route<{ Body: Record<string, unknown> }>({
    method: 'POST',
    url: `/calls/${contract.name}/${name}`,
    bodyLimit: Math.max(INTERNAL_BODY_LIMIT, BODY_GROWTH_FACTOR * bodyLimitOf(operation)),
    config: { operation: `${contract.name}.${name}`, internal: true },
    onRequest: async (request) => {
      const actor = await tokens.verify(contract.name, request.headers.authorization)
      // The caller has checked the access to its own operation, not to this one.
      if (actor && Array.isArray(operation.access)) authorise(operation, actor)
      request.actor = actor
    },
    async handler(request, reply) {
      const call = callOf(request)
      beginServing(request, spans, call.trace)
      const result = await caller.invoke(hosted, name, inputOfCall(operation, request.body), call)
      if (isStreamed(operation.reply))
        return reply.type('text/plain').send(Readable.from(result as AsyncIterable<string>))
      if (result === undefined) return reply.code(204).send()
      return reply.type('application/json; charset=utf-8').send(encodeJson(result))
    },
  })
}

function callOf(request: FastifyRequest): Call {
  const header = (name: string) => request.headers[name] as string | undefined
  const key = header('idempotency-key')
  if (key !== undefined) assertKey(key)
  return {
    actor: request.actor,
    deadline: Deadline.in(Math.min(MAX_TIMEOUT_MS, Number(header(HEADERS.timeout)) || 0)),
    trace: traceFrom(header('traceparent')),
    request: request.id,
    address: header(HEADERS.address),
    key,
    depth: Math.min(MAX_DEPTH, Number(header(HEADERS.depth)) || 0),
  }
}
