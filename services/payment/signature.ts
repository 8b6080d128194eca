import { createHmac, timingSafeEqual } from 'node:crypto'

/** Signature of a webhook: `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`. */
export function sign(body: string, secret: string, seconds = Math.floor(Date.now() / 1000)): string {
  return `t=${seconds},v1=${digest(body, secret, seconds)}`
}

/** The Unix time in seconds of the signature, or undefined when the signature does not match the body. */
export function signedAt(body: string, signature: string, secret: string): number | undefined {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature)
  if (!match) return undefined
  const seconds = Number(match[1])
  const expected = Buffer.from(digest(body, secret, seconds))
  return timingSafeEqual(expected, Buffer.from(match[2] as string)) ? seconds : undefined
}

function digest(body: string, secret: string, seconds: number): string {
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
}
