/** Calls of services in other processes: `POST /calls/<service>/<operation>` with the flat input as JSON. */
import { isStreamed, type Operation } from '@doran/kernel'
import { fromProblem, type Problem, type RemoteCall, traceParent } from '@doran/kernel/platform'
import type { PeerResponse } from './peer.ts'
import type { ServiceTokens } from './service-token.ts'
import type { Targets } from './targets.ts'

/** Headers that carry what a call brings along; times are told as what is left, for clocks differ. */
export const HEADERS = { timeout: 'x-doran-timeout', depth: 'x-doran-depth' } as const

export function remoteCall(targets: Targets, tokens: ServiceTokens): RemoteCall {
  return async (contract, name, input, call) => {
    const operation = contract.operations[name] as Operation
    const body = JSON.stringify(input)
    const token = await tokens.sign(contract.name, call.actor)
    // Under a key the other side does it once, however often it is asked.
    const keyed = call.key !== undefined && !operation.secret
    const repeatable = operation.method === 'GET' || operation.idempotent === true || keyed
    return targets.of(contract.name).run(repeatable, async ({ peer, number }) => {
      call.deadline.check()
      const { remaining } = call.deadline
      const response = await peer.send({
        method: 'POST',
        path: `/calls/${contract.name}/${name}`,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          traceparent: traceParent(call.trace),
          [HEADERS.timeout]: String(remaining),
          [HEADERS.depth]: String(call.depth),
          ...(call.request !== undefined && { 'x-request-id': call.request }),
          ...(call.key !== undefined && { 'idempotency-key': call.key }),
        },
        body,
        // What can be repeated leaves time for that.
        timeout: repeatable && number === 1 ? remaining / 2 : remaining,
      })
      return readReply(operation, response)
    })
  }
}

async function readReply(operation: Operation, { statusCode, body }: PeerResponse): Promise<unknown> {
  if (statusCode >= 400) throw fromProblem((await body.json()) as Problem)
  if (isStreamed(operation.reply)) return textOf(body)
  if (statusCode === 204) {
    await body.dump()
    return undefined
  }
  return body.json()
}

async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder()
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}
