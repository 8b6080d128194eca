/** Clients who send requests without pause, and what became of each of these. */

export interface Outcome {
  /** Milliseconds since the epoch at which it was sent. */
  at: number
  /** Milliseconds. */
  took: number
  what: string
  /** HTTP status, or why there was none. */
  answer: number | string
}

export interface Load {
  /** Everything that was answered so far. */
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

/** Sends one request and answers the body of the answer; throws {@link Refused} when it is none that was hoped for. */
// biome-ignore lint/suspicious/noExplicitAny: who sends it knows what comes
export type Send = (request: Request) => Promise<any>

export class Refused extends Error {
  override readonly name = 'Refused'
}

export interface LoadOptions {
  /** Of the clients at once, and milliseconds that each rests after a request. */
  clients: number
  rest?: number
  /** Where Doran is; asked for each request. */
  door: () => string
  /** What a client does again and again; a refusal ends one round of it. */
  work: (send: Send) => Promise<unknown>
}

export function runLoad({ clients, rest = 5, door, work }: LoadOptions): Load {
  const outcomes: Outcome[] = []
  let stopped = false
  const send: Send = async ({ what, method = 'GET', path, body, token, key }) => {
    const at = Date.now()
    const [answer, content] = await fetch(door() + path, {
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
    // A closed loop without a rest would measure how fast it can be refused.
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

/** `answer → how often`, for messages of assertions. */
export function summary(outcomes: readonly Outcome[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { what, answer } of outcomes) {
    const key = `${what}: ${answer}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

/** The values in turn, for ever. */
export function inTurn<T>(values: readonly T[]): () => T {
  let turn = 0
  return () => values[turn++ % values.length] as T
}
