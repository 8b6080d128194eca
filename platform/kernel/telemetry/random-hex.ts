import { randomBytes } from 'node:crypto'

// Random bytes are fetched in bulk: a system call for each id would cost more than the rest of a request.
let pool = Buffer.alloc(0)
let used = 0

/** Cryptographically random bytes as hexadecimal digits, two for each byte. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(4096)
    used = 0
  }
  used += bytes
  return pool.toString('hex', used - bytes, used)
}
