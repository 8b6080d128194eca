/** Tokens that prove that a call comes from one of our own processes, and for which user it acts. */
import type { Actor } from '@doran/kernel'
import { TOKEN_ISSUER } from '@doran/kernel/identity'
import { kernelErrors } from '@doran/kernel/platform'
import { errors, jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'

const LIFE_SECONDS = 120
/** The clocks of two processes may differ by this much. */
const CLOCK_SKEW_SECONDS = 300
/** A token is reused for this long, so that most calls need no new signature. */
const REUSE_MS = 60_000

export class ServiceTokens {
  /** The first key signs, all keys verify. */
  readonly #keys: readonly [Uint8Array, ...Uint8Array[]]
  readonly #signed = new LRUCache<string, Promise<string>>({ max: 10_000, ttl: REUSE_MS })
  readonly #verified = new LRUCache<string, Verified>({ max: 10_000 })

  constructor(secrets: readonly [string, ...string[]]) {
    const [first, ...others] = secrets
    const encoder = new TextEncoder()
    this.#keys = [encoder.encode(first), ...others.map((secret) => encoder.encode(secret))]
  }

  /** A token for calls to this service on behalf of the actor, or of the system when there is none. */
  sign(service: string, actor: Actor | undefined): Promise<string> {
    const subject = JSON.stringify([service, actor])
    let token = this.#signed.get(subject)
    if (!token) {
      token = new SignJWT({ ...(actor && { actor }) })
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuer(TOKEN_ISSUER)
        .setAudience(service)
        .setIssuedAt()
        .setExpirationTime(`${LIFE_SECONDS}s`)
        .sign(this.#keys[0])
      this.#signed.set(subject, token)
    }
    return token
  }

  /** Returns the actor of the call. Throws `not_our_service` unless the header has a valid token for this service. */
  async verify(service: string, header: string | undefined): Promise<Actor | undefined> {
    const token = /^Bearer (\S+)$/.exec(header ?? '')?.[1]
    if (!token) throw kernelErrors.notOurService()
    let verified = this.#verified.get(token)
    if (!verified) {
      verified = await this.#verify(token)
      this.#verified.set(token, verified)
    }
    if (verified.service !== service || verified.expiresAt <= Date.now()) throw kernelErrors.notOurService()
    return verified.actor
  }

  async #verify(token: string): Promise<Verified> {
    for (const key of this.#keys) {
      try {
        const { payload } = await jwtVerify(token, key, {
          issuer: TOKEN_ISSUER,
          algorithms: ['HS256'],
          requiredClaims: ['aud', 'exp'],
        })
        const expiresAt = (payload.exp as number) * 1_000
        if (expiresAt > Date.now() + (LIFE_SECONDS + CLOCK_SKEW_SECONDS) * 1_000) break
        return { actor: payload.actor as Actor | undefined, service: String(payload.aud), expiresAt }
      } catch (error) {
        if (!(error instanceof errors.JOSEError)) throw error
      }
    }
    throw kernelErrors.notOurService()
  }
}

interface Verified {
  readonly actor: Actor | undefined
  readonly service: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}
