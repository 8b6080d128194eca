/**
 * Connections of visitors, each with one request at a time, for a generator that shares the processor with what it measures: it
 * takes two thirds of what undici takes, and knows only as much HTTP as Doran's answers need.
 */
import { connect, type Socket } from 'node:net'

export interface Answer {
  readonly status: number
  readonly body: Buffer
}

const HEAD_END = '\r\n\r\n'
/**
 * Milliseconds for which a connection without work is used again. Doran says that it keeps one for 72 s: one that it has just
 * closed cannot be told from one that is open, by a generator that is late.
 */
const KEPT = 60_000

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

  /** Over a connection that has nothing to do, or a new one: nobody waits for another visitor's answer. */
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

  /** The one that was used last; when that is too old, the others are older. */
  #known(): Connection | undefined {
    const last = this.#idle.pop()
    if (!last || performance.now() - last.usedAt < KEPT) return last
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
  /** When it was last answered, by the clock of `performance`. */
  usedAt = 0
  readonly #socket: Socket
  #resolve: (answer: Answer) => void = () => {}
  #reject: (error: Error) => void = () => {}
  #received: Buffer = Buffer.alloc(0)
  /** Of the answer that is under way, once it is there. */
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
  /** Of the head itself, and of the whole answer. */
  bytes: number
  whole: number
}

/** Undefined as long as it has no end. */
function headOf(received: Buffer): Head | undefined {
  const end = received.indexOf(HEAD_END)
  if (end < 0) return
  const head = received.toString('latin1', 0, end)
  const status = Number(head.slice(9, 12))
  const length = status === 204 ? '0' : /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
  // All that the journey asks for has one.
  if (length === undefined) throw new Error(`an answer does not tell its length:\n${head}`)
  const bytes = end + HEAD_END.length
  return { status, bytes, whole: bytes + Number(length) }
}
