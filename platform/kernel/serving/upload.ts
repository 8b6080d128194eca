/** Uploads: limits the size of each file, and the memory for all files that a process holds. */
import type { IncomingMessage } from 'node:http'
import { errorCodes, type FastifyRequest } from 'fastify'
import { kernelErrors } from '../contract/errors.ts'
import { UploadedFile } from '../contract/uploaded-file.ts'

/**
 * Memory for uploaded files in one process. When it is full, further requests wait unread and cost no memory, so
 * clients cannot exhaust it.
 */
const MAX_HELD_BYTES = 24 * 1024 * 1024

export interface UploadLimits {
  readonly maxBytes: number
  /** Time for receiving the whole file, including the wait for memory. */
  readonly timeoutMs: number
}

/** Receives the files of one process. */
export class Uploads {
  readonly #waiting: { bytes: number; start: () => void }[] = []
  #free = MAX_HELD_BYTES

  /**
   * Runs `work` with the file as the body of the request. Raises `body_too_large`, `deadline_exceeded`, and
   * `malformed_body` when the file is incomplete.
   */
  async receive<T>(request: FastifyRequest, { maxBytes, timeoutMs }: UploadLimits, work: () => Promise<T>): Promise<T> {
    const announced = Number(request.headers['content-length'] ?? maxBytes)
    if (announced > maxBytes) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
    const timeUp = AbortSignal.timeout(timeoutMs)
    await this.#acquire(announced, AbortSignal.any([timeUp, whenClosed(request.raw)]))
    try {
      request.body = new UploadedFile(await readAll(request.raw, announced, timeUp))
      return await work()
    } finally {
      this.#release(announced)
    }
  }

  /** Waits for memory. Requests get it in order of arrival, so that small files cannot starve a large one. */
  #acquire(bytes: number, stop: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = { bytes, start: resolve }
      this.#waiting.push(entry)
      stop.addEventListener(
        'abort',
        () => {
          const index = this.#waiting.indexOf(entry)
          if (index === -1) return
          this.#waiting.splice(index, 1)
          reject(kernelErrors.deadlineExceeded())
          this.#startNext()
        },
        { once: true },
      )
      this.#startNext()
    })
  }

  #release(bytes: number): void {
    this.#free += bytes
    this.#startNext()
  }

  #startNext(): void {
    for (let next = this.#waiting[0]; next && next.bytes <= this.#free; next = this.#waiting[0]) {
      this.#waiting.shift()
      this.#free -= next.bytes
      next.start()
    }
  }
}

function whenClosed(raw: IncomingMessage): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => controller.abort())
  return controller.signal
}

/** Reads into one buffer of the announced size. A list of chunks could need many times the size if chunks are tiny. */
async function readAll(raw: IncomingMessage, announced: number, timeUp: AbortSignal): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(announced)
  let length = 0
  const abort = () => raw.destroy()
  timeUp.addEventListener('abort', abort, { once: true })
  try {
    for await (const chunk of raw as AsyncIterable<Buffer>) {
      if (length + chunk.length > announced) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
      length += chunk.copy(bytes, length)
    }
  } catch (error) {
    if (error instanceof errorCodes.FST_ERR_CTP_BODY_TOO_LARGE) throw error
    throw timeUp.aborted ? kernelErrors.deadlineExceeded() : kernelErrors.malformedBody({ reason: 'it breaks off' })
  } finally {
    timeUp.removeEventListener('abort', abort)
  }
  return bytes.subarray(0, length)
}
