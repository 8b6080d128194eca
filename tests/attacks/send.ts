/** Requests of an attacker: any bytes, without waiting politely. */
import { connect, type Socket } from 'node:net'
import { setInterval } from 'node:timers'
import type { Person } from './victim.ts'

export interface Sent {
  readonly status: number
  /** Bytes of the response. */
  readonly size: number
  readonly code: string | undefined
  readonly milliseconds: number
}

/** Sends one request with the body as given. A response that never comes has the status 0. */
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

/** Opens a TCP connection. */
function dial(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket))
    socket.once('error', reject)
  })
}

/** Returns the milliseconds until the other side closes the connection. Ignores what it sends meanwhile. */
function untilClosed(socket: Socket): Promise<number> {
  const begun = performance.now()
  socket.on('error', () => {})
  socket.resume()
  return new Promise((resolve) => socket.once('close', () => resolve(performance.now() - begun)))
}

/**
 * Sends this text at once and then a byte a second. Returns the milliseconds until the server closes the connection.
 */
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

/**
 * Sends a chunked body that never ends. Returns the response and the milliseconds until the server closes the
 * connection.
 */
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
  // Does not buffer data here when the other side reads slowly.
  const flooding = setInterval(() => socket.writableNeedDrain || socket.write(piece), everyMs)
  try {
    const milliseconds = await untilClosed(socket)
    return { answer, milliseconds }
  } finally {
    clearInterval(flooding)
  }
}

/** Returns the head of a request with a body of a hundred bytes, without the blank line at its end. */
export function headOf(path: string, type: string): string {
  return `POST ${path} HTTP/1.1\r\nhost: victim\r\ncontent-type: ${type}\r\ncontent-length: 100\r\n`
}
