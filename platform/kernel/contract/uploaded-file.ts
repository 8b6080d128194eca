import { createHash } from 'node:crypto'

/** The bytes of a body declared by `Upload`. Their content is not validated. */
export class UploadedFile {
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get bytes(): Buffer {
    return this.#bytes
  }

  /** A digest that represents the bytes when inputs are compared: files with equal digests are the same input. */
  toJSON(): string {
    return createHash('sha256').update(this.#bytes).digest('base64url')
  }
}
