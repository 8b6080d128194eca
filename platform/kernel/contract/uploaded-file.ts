import { createHash } from 'node:crypto'

/** The bytes of a body declared by `Upload`. They are not checked in any way. */
export class UploadedFile {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get bytes(): Buffer {
    return this.#bytes
  }

  /** Stands for the bytes where inputs are compared: two files are the same input when their digests are equal. */
  toJSON(): string {
    return createHash('sha256').update(this.#bytes).digest('base64url')
  }
}
