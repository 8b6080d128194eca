/** The way of a WebSocket from the service to the client, which can be ended where a frame ends. */
import { Transform, type TransformCallback } from 'node:stream'

/** A frame that says 1001, going away: the client may come back, and is let in elsewhere (RFC 6455, section 7.4.1). */
const GOING_AWAY = Buffer.from([0x88, 0x02, 0x03, 0xe9])
const CLOSE = 0x8
const SWITCHED = /^HTTP\/1\.1 101 /

/**
 * Passes on what the service sends, and keeps count of its frames without looking into them. When the service hangs up
 * without a word, or {@link leave} is called, the client is told that it may come back.
 */
export class Frames extends Transform {
  /** Of the answer to the upgrade, then of a frame, as far as it has come. */
  #head = ''
  #switched = false
  /** Bytes of the frame that are still to come. */
  #left = 0
  /** The client has been told that this is the end. */
  #over = false
  #leaving = false

  /** Ends it after the frame that is on its way. */
  leave(): void {
    this.#leaving = true
    this.#endBetweenFrames()
  }

  override _transform(piece: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let at = 0
    while (at < piece.length && !(this.#leaving && this.#betweenFrames)) {
      const passed = Math.min(this.#left, piece.length - at)
      this.#left -= passed
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
    return this.#switched && this.#left === 0 && this.#head === ''
  }

  #endBetweenFrames(): void {
    if (!this.#betweenFrames || this.#over) return
    this.#over = true
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

  /** RFC 6455, section 5.2. */
  #beginFrame(head: Buffer): void {
    const [first = 0, second] = head
    if (second === undefined) return
    const length = second & 0x7f
    const more = length === 126 ? 2 : length === 127 ? 8 : 0
    const mask = second & 0x80 ? 4 : 0
    if (head.length < 2 + more + mask) return
    this.#left = more === 0 ? length : Number(`0x${head.toString('hex', 2, 2 + more)}`)
    this.#over ||= (first & 0x0f) === CLOSE
    this.#head = ''
  }
}
