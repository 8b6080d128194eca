/** One instance of a service as its callers see it: connections, what is under way, and whether it is to be trusted. */
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import { connect as connectTls, type SecureContextOptions } from 'node:tls'
import { type CircuitBreakerPolicy, CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel'
import { type Dispatcher, errors, Pool } from 'undici'

/** The request was not sent, so nothing was done: it may be sent to another instance. */
export class NotSentError extends Error {
  override readonly name = 'NotSentError'
}

/** The request was sent and no answer came back; what was done is unknown. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
}

/** The caller's time is up. It may be the instance's fault. */
export class TimeUpError extends NoAnswerError {}

/**
 * The instance hung up before it had the whole body. It may have refused the upload, so this is not its fault: clients
 * decide what they send, and must not be able to eject an instance.
 */
export class UploadBrokenError extends NoAnswerError {}

const CONNECT_TIMEOUT = 1_000
const FAULTS_TO_EJECT = 3
const TIME_UP = new Error('time is up')
const PROBE = { every: 250, timeout: 1_000 }

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
  #probe: NodeJS.Timeout | undefined
  #ejected = false
  #closed = false
  #closing: Promise<void> | undefined

  /** `service` is the name that its certificate must bear. */
  constructor(url: string, service: string, tls: SecureContextOptions | undefined) {
    this.url = url
    this.#service = service
    this.#tls = tls
    this.#pool = new Pool(url, {
      connect: { timeout: CONNECT_TIMEOUT, ...(tls && { ...tls, servername: service }) },
      bodyTimeout: 60_000,
    })
    this.#breaker = circuitBreaker(handleWhen(isFaultOfInstance), {
      halfOpenAfter: PROBE.every,
      breaker: new ConsecutiveBreaker(FAULTS_TO_EJECT),
    })
    this.#breaker.onBreak(() => this.#eject())
  }

  /** Requests under way. */
  get pending(): number {
    return this.#pending
  }

  /** It failed repeatedly and its health check has not succeeded since. */
  get ejected(): boolean {
    return this.#ejected
  }

  get state(): 'closed' | 'open' | 'half-open' {
    if (this.#breaker.state === CircuitState.Closed) return 'closed'
    return this.#breaker.state === CircuitState.HalfOpen ? 'half-open' : 'open'
  }

  /**
   * Sends a request and answers as soon as the head of the response is there. Throws {@link NotSentError} or
   * {@link NoAnswerError}; any status is an answer.
   */
  async send(request: PeerRequest): Promise<PeerResponse> {
    this.#pending++
    try {
      return await this.#breaker.execute(() => this.#request(request))
    } finally {
      this.#pending--
    }
  }

  /** A bare connection, for protocols that take over from HTTP. Throws {@link NotSentError}. */
  async connect(): Promise<Socket> {
    const { hostname: host, port, protocol } = new URL(this.url)
    const socket =
      protocol === 'https:'
        ? connectTls({ host, port: Number(port), ...this.#tls, servername: this.#service })
        : connectTcp({ host, port: Number(port) })
    try {
      await once(socket, protocol === 'https:' ? 'secureConnect' : 'connect', {
        signal: AbortSignal.timeout(CONNECT_TIMEOUT),
      })
      return socket
    } catch (error) {
      socket.destroy()
      throw new NotSentError(`${this.url} cannot be reached: ${(error as Error).message}`, { cause: error })
    }
  }

  /** Lets what is under way finish. It may leave the registry while its callers close, and so be closed by both. */
  close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#probe)
    this.#closing ??= this.#pool.close()
    return this.#closing
  }

  async #request({ timeout, signal, body, ...request }: PeerRequest): Promise<PeerResponse> {
    const stop = new AbortController()
    const leave = () => stop.abort()
    if (signal?.aborted) leave()
    signal?.addEventListener('abort', leave, { once: true })
    // The time limit of undici is half a second wrong, and it runs while the sender is slow.
    const limit = new TimeLimit(timeout, () => stop.abort(TIME_UP))
    const upload = body instanceof Readable ? new Upload(body, limit) : undefined
    const sent = upload ? upload.pieces() : body
    const options = { ...request, body: sent, headersTimeout: 0, signal: stop.signal }
    try {
      return await this.#pool.request(options as Parameters<Pool['request']>[0])
    } catch (error) {
      // Whoever asked has gone away, which is no fault of the instance.
      if (stop.signal.aborted && stop.signal.reason !== TIME_UP) throw error
      if (upload?.failure) throw upload.failure
      if (upload?.begun && !upload.whole && !stop.signal.aborted) {
        throw new UploadBrokenError(`${this.url} hung up during an upload`, { cause: error })
      }
      throw explained(stop.signal.aborted ? TIME_UP : error, this.url)
    } finally {
      limit.end()
    }
  }

  #eject(): void {
    if (this.#ejected || this.#closed) return
    this.#ejected = true
    this.#probe = setTimeout(() => void this.#check(), PROBE.every)
    this.#probe.unref()
  }

  async #check(): Promise<void> {
    try {
      const { statusCode, body } = await this.#pool.request({
        method: 'GET',
        path: '/health/live',
        headersTimeout: PROBE.timeout,
        bodyTimeout: PROBE.timeout,
      })
      await body.dump()
      this.#ejected = statusCode !== 200
    } catch {
      // Still away.
    }
    if (!this.#ejected || this.#closed) return
    this.#probe = setTimeout(() => void this.#check(), PROBE.every)
    this.#probe.unref()
  }
}

/** Time that an instance has; it may be stopped and given anew. */
class TimeLimit {
  readonly #milliseconds: number
  readonly #up: () => void
  #timer: NodeJS.Timeout | undefined
  #ended = false

  constructor(milliseconds: number, up: () => void) {
    this.#milliseconds = Math.max(1, milliseconds)
    this.#up = up
    this.restart()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  restart(): void {
    this.stop()
    if (!this.#ended) this.#timer = setTimeout(this.#up, this.#milliseconds)
  }

  end(): void {
    this.#ended = true
    this.stop()
  }
}

/** A body as it comes, and how far it has come. */
class Upload {
  readonly #body: Readable
  readonly #limit: TimeLimit
  /** The instance has taken in the first piece. */
  begun = false
  whole = false
  /** Why the body itself ended too early: its sender hung up, or it is too large. */
  failure: Error | undefined

  constructor(body: Readable, limit: TimeLimit) {
    this.#body = body
    this.#limit = limit
    body.once('error', (error) => {
      this.failure = error
    })
  }

  /**
   * The time limit is for the instance, not for the sender: it counts while there is something to take in or to answer.
   * What is left when nobody takes it in any more is dropped, for the sender waits for its answer.
   */
  async *pieces(): AsyncGenerator<Buffer> {
    this.#limit.stop()
    try {
      for await (const piece of this.#body.iterator({ destroyOnReturn: false })) {
        this.#limit.restart()
        yield piece
        this.begun = true
        this.#limit.stop()
      }
      this.whole = true
      this.#limit.restart()
    } finally {
      if (!this.whole) this.#body.resume()
    }
  }
}

function isFaultOfInstance(error: unknown): boolean {
  if (error instanceof UploadBrokenError) return false
  return error instanceof NotSentError || error instanceof NoAnswerError
}

const NOT_SENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_TLS_|ERR_SSL_|CERT_|UND_ERR_CONNECT_TIMEOUT|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/

function explained(error: unknown, url: string): Error {
  const { code = '', message } = error as { code?: string; message: string }
  if (
    NOT_SENT.test(code) ||
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
