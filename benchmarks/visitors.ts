/**
 * Visitors' connections with one request at a time, for a generator that shares the processor with what it measures. It
 * needs two thirds of undici's time, and knows only as much HTTP as Doran's responses need.
 */
import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  readonly body: Buffer
}

const HEAD_END = '\r\n\r\n'
/**
 * Milliseconds for which an idle connection is used again. Doran announces that it keeps one for 72 s, and a late
 * generator could not tell a connection that was just closed from an open one.
 */
const MAX_IDLE_MS = 60_000

export class Visitors {
  readonly #port: number
  readonly #host: string
  readonly #idle: Connection[] = []
  readonly #all = new Set<Connection>()

  constructor(url: string) {
    const { hostname, port } = new URL(url)
    this.#host = hostname
    this.#port = Number(port)
  }

  /** Sends a request over an idle connection, or over a new one: nobody waits for another visitor's response. */
  async ask(method: string, path: string, headers: Record<string, string>, body = ''): Promise<Answer> {
    const connection = this.#known() ?? this.#open()
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    const length = body ? `content-length: ${Buffer.byteLength(body)}\r\n` : ''
    const answer = await connection.send(
      `${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\n${lines.join('')}${length}\r\n${body}`,
    )
    this.#idle.push(connection)
    return answer
  }

  close(): void {
    for (const connection of this.#all) connection.close()
  }

  /** Returns the connection that was used last. If that is too old, so are the others. */
  #known(): Connection | undefined {
    const last = this.#idle.pop()
    if (!last || performance.now() - last.usedAt < MAX_IDLE_MS) return last
    last.close()
    return undefined
  }

  #open(): Connection {
    const connection = new Connection(connect(this.#port, this.#host), () => {
      this.#all.delete(connection)
      const place = this.#idle.indexOf(connection)
      if (place >= 0) this.#idle.splice(place, 1)
    })
    this.#all.add(connection)
    return connection
  }
}

class Connection {
  /** Time of its last response, by the clock of `performance`. */
  usedAt = 0
  readonly #socket: Socket
  #resolve: (answer: Answer) => void = () => {}
  #reject: (error: Error) => void = () => {}
  #received: Buffer = Buffer.alloc(0)
  /** Head of the response that is arriving, once it is complete. */
  #head: Head | undefined

  constructor(socket: Socket, gone: () => void) {
    this.#socket = socket.setNoDelay()
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('error', (error) => this.#reject(error))
    socket.on('close', () => {
      this.#reject(new Error('the connection was closed before the answer was there'))
      gone()
    })
  }

  send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      this.#socket.write(request)
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk])
    this.#head ??= headOf(this.#received)
    if (!this.#head || this.#received.length < this.#head.whole) return
    const { status, bytes, whole } = this.#head
    const body = this.#received.subarray(bytes)
    if (this.#received.length > whole) this.#socket.destroy(new Error(`an answer is longer than it tells: ${body}`))
    this.#received = Buffer.alloc(0)
    this.#head = undefined
    this.usedAt = performance.now()
    this.#resolve({ status, body })
  }
}

interface Head {
  status: number
  /** Length of the head itself, and of the whole response. */
  bytes: number
  whole: number
}

/** Returns undefined while the head is incomplete. */
function headOf(received: Buffer): Head | undefined {
  const end = received.indexOf(HEAD_END)
  if (end < 0) return
  const head = received.toString('latin1', 0, end)
  const status = Number(head.slice(9, 12))
  const length = status === 204 ? '0' : /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  // All responses that the journey uses have a length.
  if (length === undefined) throw new Error(`an answer does not tell its length:\n${head}`)
  const bytes = end + HEAD_END.length
  return { status, bytes, whole: bytes + Number(length) }
}
