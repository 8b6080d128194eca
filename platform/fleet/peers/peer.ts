/** One instance of a service from its caller's view: connections, requests in progress, and health. */
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { connect as connectTls, type SecureContextOptions } from 'node:tls'
import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel'
import { type Dispatcher, errors, Pool } from 'undici'

/** The request was not sent, so nothing was done. It may go to another instance. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError'
}

/** The request was sent, but no answer came. Whether it was carried out is unknown. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
}

/** The caller's time is up. The instance may be at fault. */
export class TimeUpError extends NoAnswerError {}

/**
 * The instance hung up before it had the whole body. It may have refused the upload, so this does not count as a fault:
 * clients decide what they send, and must not be able to eject an instance.
 */
export class UploadBrokenError extends NoAnswerError {}

const CONNECT_TIMEOUT_MS = 1_000
const FAULTS_TO_EJECT = 3
const TIME_UP = new Error('time is up')
const HEALTH_CHECK_MS = { interval: 250, timeout: 1_000 }

export interface PeerRequest {
  readonly method: Dispatcher.HttpMethod
  readonly path: string
  readonly headers: Record<string, string | string[]>
  readonly body?: string | Buffer | Readable | null
  /** Milliseconds until the answer must begin. */
  readonly timeout: number
  readonly signal?: AbortSignal
}

export type PeerResponse = Dispatcher.ResponseData<unknown>

export class Peer {
  readonly url: string
  readonly #service: string
  readonly #tls: SecureContextOptions | undefined
  readonly #pool: Pool
  readonly #breaker: CircuitBreakerPolicy
  #pending = 0
  #healthCheck: NodeJS.Timeout | undefined
  #ejected = false
  #closed = false
  #closing: Promise<void> | undefined

  /** `service` is the name that its certificate must bear. */
  constructor(url: string, service: string, tls: SecureContextOptions | undefined) {
    this.url = url
    this.#service = service
    this.#tls = tls
    this.#pool = new Pool(url, {
      connect: { timeout: CONNECT_TIMEOUT_MS, ...(tls && { ...tls, servername: service }) },
      bodyTimeout: 60_000,
    })
    this.#breaker = circuitBreaker(handleWhen(isFaultOfInstance), {
      halfOpenAfter: HEALTH_CHECK_MS.interval,
      breaker: new ConsecutiveBreaker(FAULTS_TO_EJECT),
    })
    this.#breaker.onBreak(() => this.#eject())
  }

  /** Requests in progress. */
  get pending(): number {
    return this.#pending
  }

  /** Whether it failed repeatedly and has not passed its health check since. */
  get ejected(): boolean {
    return this.#ejected
  }

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#breaker.state === CircuitState.Closed) return 'closed'
    return this.#breaker.state === CircuitState.HalfOpen ? 'half-open' : 'open'
  }

  /**
   * Sends a request. Resolves as soon as the head of the response has arrived, whatever its status. Throws
   * {@link NotSentError} or {@link NoAnswerError}.
   */
  async send(request: PeerRequest): Promise<PeerResponse> {
    this.#pending++
    try {
      return await this.#breaker.execute(() => this.#request(request))
    } finally {
      this.#pending--
    }
  }

  /** Opens a plain connection, for protocols that HTTP upgrades to. Throws {@link NotSentError}. */
  async connect(): Promise<Socket> {
    const { hostname: host, port, protocol } = new URL(this.url)
    const socket =
      protocol === 'https:'
        ? connectTls({ host, port: Number(port), ...this.#tls, servername: this.#service })
        : connectTcp({ host, port: Number(port) })
    try {
      await once(socket, protocol === 'https:' ? 'secureConnect' : 'connect', {
        signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS),
      })
      return socket
    } catch (error) {
      socket.destroy()
      throw new NotSentError(`${this.url} cannot be reached: ${(error as Error).message}`, { cause: error })
    }
  }

  /** Lets requests in progress finish. Callers and the registry may both close the same instance. */
  close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#healthCheck)
    this.#closing ??= this.#pool.close()
    return this.#closing
  }

  async #request({ timeout, signal, body, ...request }: PeerRequest): Promise<PeerResponse> {
    const stop = new AbortController()
    const cancel = () => stop.abort()
    if (signal?.aborted) cancel()
    signal?.addEventListener('abort', cancel, { once: true })
    // Not the time limit of undici: it is inexact by half a second, and it runs while the sender is slow.
    const limit = new TimeLimit(timeout, () => stop.abort(TIME_UP))
    const upload = body instanceof Readable ? new Upload(body, limit) : undefined
    const sent = upload ? upload.chunks() : body
    const options = { ...request, body: sent, headersTimeout: 0, signal: stop.signal }
    try {
      return await this.#pool.request(options as Parameters<Pool['request']>[0])
    } catch (error) {
      // The client has gone away, which is no fault of the instance.
      if (stop.signal.aborted && stop.signal.reason !== TIME_UP) throw error
      if (upload?.failure) throw upload.failure
      if (upload?.begun && !upload.complete && !stop.signal.aborted) {
        throw new UploadBrokenError(`${this.url} hung up during an upload`, { cause: error })
      }
      throw translated(stop.signal.aborted ? TIME_UP : error, this.url)
    } finally {
      limit.end()
    }
  }

  #eject(): void {
    if (this.#ejected || this.#closed) return
    this.#ejected = true
    this.#healthCheck = setTimeout(() => void this.#checkHealth(), HEALTH_CHECK_MS.interval)
    this.#healthCheck.unref()
  }

  async #checkHealth(): Promise<void> {
    try {
      const { statusCode, body } = await this.#pool.request({
        method: 'GET',
        path: '/health/live',
        headersTimeout: HEALTH_CHECK_MS.timeout,
        bodyTimeout: HEALTH_CHECK_MS.timeout,
      })
      await body.dump()
      this.#ejected = statusCode !== 200
    } catch {
      // Still unreachable.
    }
    if (!this.#ejected || this.#closed) return
    this.#healthCheck = setTimeout(() => void this.#checkHealth(), HEALTH_CHECK_MS.interval)
    this.#healthCheck.unref()
  }
}

/** Time limit of an instance. It can be stopped and restarted. */
class TimeLimit {
  readonly #milliseconds: number
  readonly #onTimeUp: () => void
  #timer: NodeJS.Timeout | undefined
  #ended = false

  constructor(milliseconds: number, onTimeUp: () => void) {
    this.#milliseconds = Math.max(1, milliseconds)
    this.#onTimeUp = onTimeUp
    this.restart()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  restart(): void {
    this.stop()
    if (!this.#ended) this.#timer = setTimeout(this.#onTimeUp, this.#milliseconds)
  }

  end(): void {
    this.#ended = true
    this.stop()
  }
}

/** A streamed body and its progress. */
class Upload {
  readonly #body: Readable
  readonly #limit: TimeLimit
  /** The instance has accepted the first chunk. */
  begun = false
  /** The instance has accepted the whole body. */
  complete = false
  /** Why the body ended too early: its sender hung up, or it is too large. */
  failure: Error | undefined

  constructor(body: Readable, limit: TimeLimit) {
    this.#body = body
    this.#limit = limit
    body.once('error', (error) => {
      this.failure = error
    })
  }

  /**
   * Yields the chunks. The time limit is for the instance, not for the sender: it runs only while the instance has a
   * chunk to accept or a request to answer. If the instance stops reading, the rest is read and dropped, because the
   * sender waits for its answer.
   */
  async *chunks(): AsyncGenerator<Buffer> {
    this.#limit.stop()
    try {
      for await (const chunk of this.#body.iterator({ destroyOnReturn: false })) {
        this.#limit.restart()
        yield chunk
        this.begun = true
        this.#limit.stop()
      }
      this.complete = true
      this.#limit.restart()
    } finally {
      if (!this.complete) this.#body.resume()
    }
  }
}

function isFaultOfInstance(error: unknown): boolean {
  if (error instanceof UploadBrokenError) return false
  return error instanceof NotSentError || error instanceof NoAnswerError
}

const NOT_SENT_CODES =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_TLS_|ERR_SSL_|CERT_|UND_ERR_CONNECT_TIMEOUT|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/

function translated(error: unknown, url: string): Error {
  const { code = '', message } = error as { code?: string; message: string }
  if (
    NOT_SENT_CODES.test(code) ||
    error instanceof errors.ClientDestroyedError ||
    error instanceof errors.ClientClosedError
  ) {
    return new NotSentError(`${url} cannot be reached: ${message}`, { cause: error })
  }
  if (error === TIME_UP || error instanceof errors.HeadersTimeoutError) {
    return new TimeUpError(`${url} did not answer in time`, { cause: error })
  }
  return new NoAnswerError(`${url} gave no answer: ${message}`, { cause: error })
}
