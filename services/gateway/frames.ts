/** Relays a WebSocket's bytes from the service to the client, and can close it between two frames. */
import { Transform, type TransformCallback } from 'node:stream'

/**
 * A close frame with code 1001, "going away": the client may reconnect to another instance (RFC 6455, section 7.4.1).
 */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9])
const CLOSE = 0x8
const SWITCHED = /^HTTP\/1\.1 101 /

/**
 * Relays what the service sends and tracks where frames end, without reading their content. Sends the client a close
 * frame with code 1001 if the service hangs up without one, or after a call of {@link leave}.
 */
export class Frames extends Transform {
  /** The received part of the current head: first that of the reply to the upgrade, then that of each frame. */
  #head = ''
  #switched = false
  /** Bytes of the current frame that have not arrived yet. */
  #remaining = 0
  /** A close frame has been sent to the client. */
  #closed = false
  #leaving = false

  /** Closes the connection after the current frame. */
  leave(): void {
    this.#leaving = true
    this.#endBetweenFrames()
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let at = 0
    while (at < piece.length && !(this.#leaving && this.#betweenFrames)) {
      const passed = Math.min(this.#remaining, piece.length - at)
      this.#remaining -= passed
      at += passed
      if (passed === 0) this.#readHead(piece[at++] as number)
    }
    if (at > 0) this.push(piece.subarray(0, at))
    if (this.#leaving) this.#endBetweenFrames()
    done()
  }

  override _flush(done: TransformCallback): void {
    this.#endBetweenFrames()
    done()
  }

  get #betweenFrames(): boolean {
    return this.#switched && this.#remaining === 0 && this.#head === ''
  }

  #endBetweenFrames(): void {
    if (!this.#betweenFrames || this.#closed) return
    this.#closed = true
    this.push(GOING_AWAY)
    this.push(null)
  }

  #readHead(byte: number): void {
    this.#head += String.fromCharCode(byte)
    if (this.#switched) this.#beginFrame(Buffer.from(this.#head, 'latin1'))
    else if (this.#head.endsWith('\r\n\r\n')) {
      this.#switched = SWITCHED.test(this.#head)
      this.#head = ''
    }
  }

  /** Parses a frame's head (RFC 6455, section 5.2); does nothing while it is incomplete. */
  #beginFrame(head: Buffer): void {
    const [first = 0, second] = head
    if (second === undefined) return
    const length = second & 0x7f
    const more = length === 126 ? 2 : length === 127 ? 8 : 0
    const mask = second & 0x80 ? 4 : 0
    if (head.length < 2 + more + mask) return
    this.#remaining = more === 0 ? length : Number(`0x${head.toString('hex', 2, 2 + more)}`)
    this.#closed ||= (first & 0x0f) === CLOSE
    this.#head = ''
  }
}
