/** Calls of services in other processes: `POST /calls/<service>/<operation>` with the flat input as JSON. */
import { isStreamed, type Operation } from '@doran/kernel/contract'
import { fromProblem, kernelErrors, type Problem, type RemoteCall, traceParent } from '@doran/kernel/platform'
import { NoAnswerError, NotSentError, type Peer, type PeerResponse } from './peers/peer.ts'
import type { Effect, Targets } from './peers/targets.ts'
import type { ServiceTokens } from './service-token.ts'

/** Headers of a call. The timeout is the time that is left, because the clocks of two processes differ. */
export const HEADERS = { timeout: 'x-doran-timeout', depth: 'x-doran-depth', address: 'x-doran-address' } as const

export function remoteCall(targets: Targets, tokens: ServiceTokens): RemoteCall {
  return async (contract, name, input, call) => {
    const operation = contract.operations[name] as Operation
    const body = JSON.stringify(input)
    const token = await tokens.sign(contract.name, call.actor)
    const effect = effectOf(operation, call.key)
    return targets.of(contract.name).run(effect, async ({ peer, number }) => {
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
          ...(call.address !== undefined && { [HEADERS.address]: call.address }),
          ...(call.request !== undefined && { 'x-request-id': call.request }),
          ...(call.key !== undefined && { 'idempotency-key': call.key }),
        },
        body,
        // A call that can be repeated leaves time for a retry.
        timeout: effect !== 'once' && number === 1 ? remaining / 2 : remaining,
      })
      if (response.statusCode < 400 && isStreamed(operation.reply)) return textOf(response.body)
      const reply = await readJson(response, peer, call.deadline.remaining)
      if (response.statusCode < 400) return reply
      throw errorBehind(reply as Problem | undefined, `${contract.name}.${name}`, peer)
    })
  }
}

/** The effect of a repeated call. With a key the called service performs it once, however often it arrives. */
export function effectOf({ method, idempotent, secret }: Operation, key: string | undefined): Effect {
  if (method === 'GET') return 'reading'
  return idempotent || (key !== undefined && !secret) ? 'repeatable' : 'once'
}

/** Reads the whole answer within `timeMs`; undefined when it is empty. Throws {@link NoAnswerError}. */
async function readJson({ statusCode, body }: PeerResponse, { url }: Peer, timeMs: number): Promise<unknown> {
  const timer = setTimeout(() => body.destroy(new Error('the rest came too late')), timeMs)
  try {
    const text = await body.text()
    return text === '' ? undefined : JSON.parse(text)
  } catch (error) {
    throw new NoAnswerError(`${url} gave no whole answer (status ${statusCode}): ${(error as Error).message}`, {
      cause: error,
    })
  } finally {
    clearTimeout(timer)
  }
}

function errorBehind(problem: Problem | undefined, target: string, { url }: Peer): Error {
  if (!problem?.code || !problem.detail) return new NoAnswerError(`what answered at ${url} is none of our services`)
  // The instance is older than the operation, so a newer one may be able to answer.
  if (problem.code === kernelErrors.routeNotFound.code) {
    return new NotSentError(`${url} does not know ${target}; run a version there that does`)
  }
  // Nothing was done, and the caller cannot solve it. Another instance may have our secret.
  if (problem.code === kernelErrors.notOurService.code) {
    return new NotSentError(`${url} refuses our token: DORAN_SERVICE_SECRET must be the same in every process`)
  }
  const { requestId: _same, ...rest } = problem
  return fromProblem(rest as Problem)
}

async function* textOf(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder()
  for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true })
  yield decoder.decode()
}
