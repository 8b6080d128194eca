/**
 * Who is calling. Every process verifies tokens itself (EdDSA, keys by JWKS), remembers the tokens it has
 * verified, and is told of revocations, so that a verified token stops working although it has not expired.
 */
import { setTimeout } from 'node:timers/promises'
import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { kernelErrors } from '../contract/errors.ts'
import type { Actor } from '../service/actor.ts'

/** A user or one session whose tokens, made up to then, no longer count. */
export interface Revocation {
  /** `user:<id>` or `session:<id>`. */
  subject: string
  /**
   * Tokens issued at this moment or earlier are refused; seconds since the epoch, with a fraction, as in the `iat`
   * of our tokens. So one that is issued right after the revocation counts although the second is the same.
   */
  issuedUntil: number
}

/** Where keys and revocations come from; the service that signs tokens provides it. */
export interface IdentitySource {
  keys(): Promise<JSONWebKeySet>
  /** What was revoked within the longest life of a token; after a first answer, at least what is newer than `since` (seconds). */
  revocations(since?: number): Promise<Revocation[]>
}

export const TOKEN_ISSUER = 'doran'
/** Of access tokens (RFC 9068): what they are, and for whom. A token that is signed for anything else opens nothing here. */
export const ACCESS_TOKEN = { type: 'at+jwt', audience: 'doran' } as const
/** Seconds. No token may be valid for longer, so older revocations need not be remembered. */
export const LONGEST_TOKEN_LIFE = 86_400
/** Channel topic on which revocations are told. */
export const REVOCATION_TOPIC = 'revocation'

interface Verified {
  actor: Actor
  issuedAt: number
  expiresAt: number
}

const KEY_REFRESH = 10_000
const RELOAD = 30_000
const RELOAD_AGAIN = 250
// Seconds by which the clocks of processes and database may differ.
const CLOCK_SKEW = 300
// Seconds. A revocation bears the moment at which its transaction wrote it, and is seen at the commit.
const LONGEST_TRANSACTION = 300

export class Identity {
  readonly #source: IdentitySource
  readonly #verified = new LRUCache<string, Verified>({ max: 10_000 })
  readonly #revoked = new Map<string, number>()
  #keys: ReturnType<typeof createLocalJWKSet> | undefined
  #keyIds = new Set<string>()
  #keysLoadedAt = 0
  /** When the last load began; seconds since the epoch. */
  #loadedAt: number | undefined

  constructor(source: IdentitySource) {
    this.#source = source
  }

  /** Takes in all revocations at the start, and later those that may have been missed since the last time. */
  async reload(): Promise<void> {
    const begun = Date.now() / 1_000
    const since = this.#loadedAt && this.#loadedAt - CLOCK_SKEW - LONGEST_TRANSACTION
    for (const revocation of await this.#source.revocations(since)) this.revoke(revocation)
    this.#loadedAt = begun
  }

  /** Whether revocations were taken in at least once. */
  get loaded(): boolean {
    return this.#loadedAt !== undefined
  }

  /** {@link reload} now, tried until it succeeds, and again every half minute: what told of one may have been lost. */
  async keepLoaded(log: Logger, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      let pause = RELOAD
      try {
        await this.reload()
      } catch (error) {
        pause = RELOAD_AGAIN
        if (this.loaded) log.warn({ err: error }, 'revocations could not be loaded; trying again')
      }
      await setTimeout(pause, undefined, { signal: stopped, ref: false }).catch(() => {})
    }
  }

  revoke({ subject, issuedUntil }: Revocation): void {
    const latest = Math.max(issuedUntil, this.#revoked.get(subject) ?? 0)
    this.#revoked.delete(subject)
    this.#revoked.set(subject, latest)
    this.#forgetOldRevocations()
  }

  /** The tokens that they are about have all expired. The map is in the order of arrival, so the oldest come first. */
  #forgetOldRevocations(): void {
    const oldest = Date.now() / 1000 - LONGEST_TOKEN_LIFE - CLOCK_SKEW
    for (const [subject, issuedUntil] of this.#revoked) {
      if (issuedUntil >= oldest) return
      this.#revoked.delete(subject)
    }
  }

  /** The actor behind `Bearer <jwt>` or `Token <jwt>`; undefined without a header; throws `token_invalid`. */
  async authenticate(header: string | undefined): Promise<Actor | undefined> {
    if (header === undefined) return undefined
    const token = /^(?:Bearer|Token) +([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(header)?.[1]
    if (!token) throw kernelErrors.tokenInvalid()
    let verified = this.#verified.get(token)
    if (!verified) {
      verified = await this.#verify(token)
      this.#verified.set(token, verified)
    }
    if (verified.expiresAt * 1000 <= Date.now() || this.#isRevoked(verified)) throw kernelErrors.tokenInvalid()
    return verified.actor
  }

  #isRevoked({ actor, issuedAt }: Verified): boolean {
    if (this.#revoked.size === 0) return false
    return (
      issuedAt <= (this.#revoked.get(`user:${actor.id}`) ?? -1) ||
      issuedAt <= (this.#revoked.get(`session:${actor.session}`) ?? -1)
    )
  }

  async #verify(token: string): Promise<Verified> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, await this.#keysFor(token), {
        issuer: TOKEN_ISSUER,
        algorithms: ['EdDSA'],
        requiredClaims: ['sub', 'sid', 'iat', 'exp'],
      })
      if (!isAccessToken(protectedHeader.typ, payload.aud)) throw kernelErrors.tokenInvalid()
      const issuedAt = payload.iat as number
      const expiresAt = payload.exp as number
      if (expiresAt - issuedAt > LONGEST_TOKEN_LIFE) throw kernelErrors.tokenInvalid()
      const actor: Actor = {
        id: payload.sub as string,
        roles: (payload.roles as string[] | undefined) ?? [],
        session: payload.sid as string,
        signedInAt: payload.auth_time as number | undefined,
      }
      return { actor, issuedAt, expiresAt }
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) throw kernelErrors.tokenInvalid()
      throw error
    }
  }

  /** Keys are kept; a token signed with one that is not known makes them load again, at most every 10 s. */
  async #keysFor(token: string): Promise<ReturnType<typeof createLocalJWKSet>> {
    const id = decodeProtectedHeader(token).kid ?? ''
    const mayLoad = Date.now() - this.#keysLoadedAt > KEY_REFRESH
    if (!this.#keys || (!this.#keyIds.has(id) && mayLoad)) {
      const set = await this.#source.keys()
      this.#keys = createLocalJWKSet(set)
      this.#keyIds = new Set(set.keys.map(({ kid }) => kid ?? ''))
      this.#keysLoadedAt = Date.now()
    }
    return this.#keys
  }
}

/** Tokens of the version before tell neither. They count for a day at most, and beside it while a new version takes its place. */
function isAccessToken(type: string | undefined, audience: string | string[] | undefined): boolean {
  if (type === undefined && audience === undefined) return true
  return type === ACCESS_TOKEN.type && audience === ACCESS_TOKEN.audience
}
