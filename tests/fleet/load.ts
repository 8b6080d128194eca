/** Buyers who look and put things into carts without pause, and what became of each of their requests. */

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

type Request = { what: string; method?: string; path: string; body?: unknown; token?: string }

/** Sends what `next` says from this many clients at once; `door` is asked for each request where Doran is. */
export function runLoad(clients: number, door: () => string, next: () => Request): Load {
  const outcomes: Outcome[] = []
  let stopped = false
  const client = async () => {
    while (!stopped) {
      const { what, method = 'GET', path, body, token } = next()
      const at = Date.now()
      const answer = await fetch(door() + path, {
        method,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(token && { authorization: `Bearer ${token}` }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
        .then(async (response) => {
          await response.arrayBuffer()
          return response.status
        })
        .catch((error: Error & { cause?: { code?: string } }) => error.cause?.code ?? error.message)
      outcomes.push({ at, took: Date.now() - at, what, answer })
      // A closed loop without a pause would measure how fast it can be refused.
      await new Promise((wake) => setTimeout(wake, 5))
    }
  }
  const running = Array.from({ length: clients }, client)
  return {
    outcomes,
    async stop() {
      stopped = true
      await Promise.all(running)
    },
  }
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
