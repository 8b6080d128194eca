/** Requests as an attacker makes them: any bytes, and no patience. */
import { connect, type Socket } from 'node:net'
import { setInterval } from 'node:timers'
import type { Person } from './victim.ts'

export interface Sent {
  readonly status: number
  /** Bytes of the answer. */
  readonly size: number
  readonly code: string | undefined
  readonly milliseconds: number
}

/** One request with a body as it is. An answer that never comes has the status 0. */
export async function send(
  url: string,
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  { as, method = 'POST', headers = {} }: { as?: Person; method?: string; headers?: Record<string, string> } = {},
): Promise<Sent> {
  const begun = performance.now()
  const answer = await fetch(url, {
    method,
    body,
    duplex: 'half',
    headers: { 'content-type': 'application/json', ...(as && { authorization: `Bearer ${as.token}` }), ...headers },
    signal: AbortSignal.timeout(60_000),
  } as RequestInit).catch(() => undefined)
  const text = (await answer?.text().catch(() => '')) ?? ''
  const milliseconds = performance.now() - begun
  const code = answer?.headers.get('content-type')?.includes('json') ? JSON.parse(text).code : undefined
  return { status: answer?.status ?? 0, size: Buffer.byteLength(text), code, milliseconds }
}

/** A connection of bytes. */
function dial(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Milliseconds until the other side closes the connection; what it says meanwhile is dropped. */
function untilClosed(socket: Socket): Promise<number> {
  const begun = performance.now()
  socket.on('error', () => {})
  socket.resume()
  return new Promise((resolve) => socket.once('close', () => resolve(performance.now() - begun)))
}

/** A client that sends this at once and then a byte now and then; milliseconds until it is cut off. */
export async function drip(url: string, begin: string): Promise<number> {
  const socket = await dial(url)
  socket.write(begin)
  const dripping = setInterval(() => socket.write('x'), 1_000)
  try {
    return await untilClosed(socket)
  } finally {
    clearInterval(dripping)
  }
}

/** A client whose chunked body never ends; what it was answered, and the milliseconds until it is cut off. */
export async function flood(
  url: string,
  path: string,
  { type, token, chunk, everyMs }: { type: string; token?: string; chunk: string; everyMs: number },
): Promise<{ answer: string; milliseconds: number }> {
  const socket = await dial(url)
  let answer = ''
  socket.on('data', (piece) => (answer += piece))
  const authorization = token ? `authorization: Bearer ${token}\r\n` : ''
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: victim\r\ncontent-type: ${type}\r\n${authorization}transfer-encoding: chunked\r\n\r\n`,
  )
  const piece = `${chunk.length.toString(16)}\r\n${chunk}\r\n`
  // Nothing is kept here when the other side reads slowly.
  const flooding = setInterval(() => socket.writableNeedDrain || socket.write(piece), everyMs)
  try {
    const milliseconds = await untilClosed(socket)
    return { answer, milliseconds }
  } finally {
    clearInterval(flooding)
  }
}

/** The head of a request whose body has a hundred bytes, without its end. */
export function headOf(path: string, type: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: victim\r\ncontent-type: ${type}\r\ncontent-length: 100\r\n`
}
