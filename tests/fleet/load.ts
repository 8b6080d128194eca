/** Clients that send requests without pause, and the outcome of each request. */

export interface Outcome {
  /** Milliseconds since the epoch at which the request was sent. */
  at: number
  /** Milliseconds until the response. */
  took: number
  what: string
  /** HTTP status, or the reason why there was none. */
  answer: number | string
}

export interface Load {
  /** Outcomes so far. */
  readonly outcomes: readonly Outcome[]
  stop(): Promise<void>
}

export interface Request {
  what: string
  method?: string
  path: string
  body?: unknown
  token?: string
  key?: string
}

/** Sends one request and returns the body of the response. Throws {@link Refused} if the response is not a success. */
// biome-ignore lint/suspicious/noExplicitAny: the sender knows the response
export type Send = (request: Request) => Promise<any>

export class Refused extends Error {
  override readonly name = 'Refused'
}

export interface LoadOptions {
  /** Number of concurrent clients. */
  clients: number
  /** Milliseconds that each client rests after a request. */
  rest?: number
  /** Returns the base URL of Doran; called for each request. */
  baseUrl: () => string
  /** One round of a client, which repeats it. A refusal ends the round. */
  work: (send: Send) => Promise<unknown>
}

export function runLoad({ clients, rest = 5, baseUrl, work }: LoadOptions): Load {
  const outcomes: Outcome[] = []
  let stopped = false
  const send: Send = async ({ what, method = 'GET', path, body, token, key }) => {
    const at = Date.now()
    const [answer, content] = await fetch(baseUrl() + path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...(key && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
      .then(async (response) => [response.status, await response.text()] as const)
      .catch((error: Error & { cause?: { code?: string } }) => [error.cause?.code ?? error.message, ''] as const)
    outcomes.push({ at, took: Date.now() - at, what, answer })
    // Without a rest, a closed loop would measure how fast requests can be refused.
    await new Promise((wake) => setTimeout(wake, rest))
    if (!isFine(answer)) throw new Refused(`${what}: ${answer} ${content}`)
    return content && JSON.parse(content)
  }
  const client = async () => {
    while (!stopped) {
      await work(send).catch((error) => {
        if (!(error instanceof Refused)) throw error
      })
    }
  }
  const running = Promise.all(Array.from({ length: clients }, client))
  return {
    outcomes,
    async stop() {
      stopped = true
      await running
    },
  }
}

export function isFine(answer: number | string): boolean {
  return typeof answer === 'number' && answer < 400
}

/** Counts outcomes by request and answer, for messages of assertions. */
export function summary(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { what, answer } of outcomes) {
    const key = `${what}: ${answer}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** Returns the values in turn, endlessly. */
export function inTurn<T>(values: readonly T[]): () => T {
  let turn = 0
  return () => values[turn++ % values.length] as T
}
