/** A correct client: it sends every change with an idempotency key, and repeats it until it knows the outcome. */
import { setTimeout as pause } from 'node:timers/promises'

export interface Request {
  /** Name of the operation, for the report. */
  readonly what: string
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly token?: string | undefined
  readonly body?: unknown
  readonly key?: string
}

/**
 * What the client knows at the end. After a lost response, a refusal does not tell whether an earlier attempt
 * succeeded.
 */
export type Answer =
  // biome-ignore lint/suspicious/noExplicitAny: the caller knows the reply's shape from the contract
  | { readonly outcome: 'acknowledged'; readonly status: number; readonly body: any }
  | { readonly outcome: 'failed'; readonly status: number; readonly code: string }
  | { readonly outcome: 'unknown'; readonly why: string }

/** One attempt, however it ended. */
export interface Attempt {
  readonly what: string
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly took: number
  /** HTTP status, or the reason why there was none. */
  readonly answer: number | string
}

const GIVE_UP_AFTER_MS = 30_000
const TIMEOUT_MS = 8_000
const BACKOFF_MS = { first: 100, longest: 2_000 }

export class Sender {
  readonly attempts: Attempt[] = []
  readonly #gateways: () => readonly string[]
  #turn = 0

  /** `gateways` returns the URLs of the gateways to use, as a load balancer would know them. */
  constructor(gateways: () => readonly string[]) {
    this.#gateways = gateways
  }

  async send(request: Request, giveUpAfterMs = GIVE_UP_AFTER_MS): Promise<Answer> {
    const giveUp = Date.now() + giveUpAfterMs
    for (let tries = 1; ; tries++) {
      const { status, body, why } = await this.try(request)
      if (status !== undefined && status < 400) return { outcome: 'acknowledged', status, body }
      const code = (body as { code?: string } | undefined)?.code ?? ''
      const isRefusal = status !== undefined && status < 500 && status !== 429 && status !== 408
      if (isRefusal && tries === 1) return { outcome: 'failed', status, code }
      if (isRefusal || Date.now() > giveUp) return { outcome: 'unknown', why: why ?? `${status} ${code}` }
      await pause(Math.min(BACKOFF_MS.first * 2 ** (tries - 1), BACKOFF_MS.longest))
    }
  }

  /** Sends the request once. */
  async try({ what, method = 'GET', path, token, body, key }: Request, timeoutMs = TIMEOUT_MS) {
    const gateways = this.#gateways()
    const at = Date.now()
    let status: number | undefined
    let reply: unknown
    let why: string | undefined
    try {
      const response = await fetch((gateways[this.#turn++ % gateways.length] as string) + path, {
        method,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(key && { 'idempotency-key': key }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      })
      const text = await response.text()
      reply = text && JSON.parse(text)
      status = response.status
    } catch (error) {
      const { name, cause } = error as Error & { cause?: { code?: string } }
      why = cause?.code ?? name
    }
    this.attempts.push({ what, at, took: Date.now() - at, answer: status ?? (why as string) })
    return { status, body: reply, why }
  }
}
