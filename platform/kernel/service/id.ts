import { randomHex } from '../telemetry/index.ts'

/** A UUIDv7 (RFC 9562): globally unique, and ordered by the millisecond of its creation. */
export function newId(now = Date.now()): string {
  const time = now.toString(16).padStart(12, '0')
  const random = randomHex(10)
  const variant = ((Number.parseInt(random.charAt(3), 16) & 0x3) | 0x8).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-${variant}${random.slice(4, 7)}-${random.slice(7, 19)}`
}
