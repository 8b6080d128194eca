/** Bodies that are files: bounded in size each, and together in what a process holds of them. */
import type { IncomingMessage } from 'node:http'
import { errorCodes, type FastifyRequest } from 'fastify'
import { kernelErrors } from '../contract/errors.ts'
import { UploadedFile } from '../contract/uploaded-file.ts'

/**
 * Bytes of files that a process holds at a time. Further requests wait unread, so they cost no memory, whoever sends
 * them.
 */
const ROOM_BYTES = 24 * 1024 * 1024

export interface UploadBounds {
  readonly maxBytes: number
  /** Milliseconds until the whole file must be here, the wait for room included. */
  readonly timeout: number
}

/** Receives the files of one process. */
export class Uploads {
  readonly #waiting: { bytes: number; start: () => void }[] = []
  #free = ROOM_BYTES

  /**
   * Runs the work with the file as the request's body. Raises `body_too_large`, `deadline_exceeded` and, when the file
   * breaks off, `malformed_body`.
   */
  async receive<T>(request: FastifyRequest, { maxBytes, timeout }: UploadBounds, work: () => Promise<T>): Promise<T> {
    const announced = Number(request.headers['content-length'] ?? maxBytes)
    if (announced > maxBytes) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
    const timeIsUp = AbortSignal.timeout(timeout)
    await this.#take(announced, AbortSignal.any([timeIsUp, closing(request.raw)]))
    try {
      request.body = new UploadedFile(await readAll(request.raw, announced, timeIsUp))
      return await work()
    } finally {
      this.#give(announced)
    }
  }

  /** In order of arrival, so that a large file is not overtaken by small ones for ever. */
  #take(bytes: number, stop: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = { bytes, start: resolve }
      this.#waiting.push(entry)
      stop.addEventListener(
        'abort',
        () => {
          const place = this.#waiting.indexOf(entry)
          if (place === -1) return
          this.#waiting.splice(place, 1)
          reject(kernelErrors.deadlineExceeded())
          this.#startNext()
        },
        { once: true },
      )
      this.#startNext()
    })
  }

  #give(bytes: number): void {
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

function closing(raw: IncomingMessage): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => controller.abort())
  return controller.signal
}

/** Into one buffer of the announced size: kept chunk by chunk, a body of tiny chunks would need many times its size. */
async function readAll(raw: IncomingMessage, announced: number, timeIsUp: AbortSignal): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(announced)
  let length = 0
  const giveUp = () => raw.destroy()
  timeIsUp.addEventListener('abort', giveUp, { once: true })
  try {
    for await (const chunk of raw as AsyncIterable<Buffer>) {
      if (length + chunk.length > announced) throw new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()
      length += chunk.copy(bytes, length)
    }
  } catch (error) {
    if (error instanceof errorCodes.FST_ERR_CTP_BODY_TOO_LARGE) throw error
    throw timeIsUp.aborted ? kernelErrors.deadlineExceeded() : kernelErrors.malformedBody({ reason: 'it breaks off' })
  } finally {
    timeIsUp.removeEventListener('abort', giveUp)
  }
  return bytes.subarray(0, length)
}
