/**
 * Authentication of callers. Every process verifies tokens itself (EdDSA, keys by JWKS) and caches the tokens that it
 * has verified. It receives revocations, so a verified token can stop working before it expires.
 */
import { setTimeout } from 'node:timers/promises'
import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import { kernelErrors } from '../contract/errors.ts'
import type { Actor } from '../service/actor.ts'

/** Revokes the tokens of a user or of one session that were issued up to a moment. */
export interface Revocation {
  /** `user:<id>` or `session:<id>`. */
  subject: string
  /**
   * Tokens issued at this moment or earlier are refused. In seconds since the epoch with a fraction, like `iat` in our
   * tokens: a token issued after the revocation, but in the same second, is valid.
   */
  issuedUntil: number
}

/** Source of keys and revocations. The service that signs tokens provides it. */
export interface IdentitySource {
  keys(): Promise<JSONWebKeySet>
  /**
   * Without `since`, all revocations within {@link LONGEST_TOKEN_LIFE}; with it, at least those after `since` (seconds
   * since the epoch).
   */
  revocations(since?: number): Promise<Revocation[]>
}

export const TOKEN_ISSUER = 'doran'
/** Type and audience of access tokens (RFC 9068). Tokens signed for any other purpose are refused. */
export const ACCESS_TOKEN = { type: 'at+jwt', audience: 'doran' } as const
/** In seconds. No token may be valid for longer, so older revocations can be forgotten. */
export const LONGEST_TOKEN_LIFE = 86_400
/** Channel topic that carries revocations. */
export const REVOCATION_TOPIC = 'revocation'

interface Verified {
  actor: Actor
  issuedAt: number
  expiresAt: number
}

const KEY_REFRESH_MS = 10_000
const RELOAD_MS = 30_000
const RELOAD_RETRY_MS = 250
/** The clocks of processes and of the database may differ by this much. */
const CLOCK_SKEW_SECONDS = 300
/** A revocation has the time at which its transaction wrote it, but becomes visible only at the commit. */
const MAX_TRANSACTION_SECONDS = 300

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

  /** Loads all revocations the first time, and later those that may have been missed since the last load. */
  async reload(): Promise<void> {
    const begun = Date.now() / 1_000
    const since = this.#loadedAt && this.#loadedAt - CLOCK_SKEW_SECONDS - MAX_TRANSACTION_SECONDS
    for (const revocation of await this.#source.revocations(since)) this.revoke(revocation)
    this.#loadedAt = begun
  }

  /** Whether revocations have been loaded at least once. */
  get loaded(): boolean {
    return this.#loadedAt !== undefined
  }

  /** Calls {@link reload} now with retries, and then every 30 seconds: a message about a revocation may get lost. */
  async keepLoaded(log: Logger, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      let pause = RELOAD_MS
      try {
        await this.reload()
      } catch (error) {
        pause = RELOAD_RETRY_MS
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

  /**
   * Forgets revocations whose tokens have all expired. The map keeps the order of arrival, so the oldest come first.
   */
  #forgetOldRevocations(): void {
    const oldest = Date.now() / 1000 - LONGEST_TOKEN_LIFE - CLOCK_SKEW_SECONDS
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

  /** Caches the keys. A token with an unknown key reloads them, at most once in {@link KEY_REFRESH_MS}. */
  async #keysFor(token: string): Promise<ReturnType<typeof createLocalJWKSet>> {
    const id = decodeProtectedHeader(token).kid ?? ''
    const mayLoad = Date.now() - this.#keysLoadedAt > KEY_REFRESH_MS
    if (!this.#keys || (!this.#keyIds.has(id) && mayLoad)) {
      const set = await this.#source.keys()
      this.#keys = createLocalJWKSet(set)
      this.#keyIds = new Set(set.keys.map(({ kid }) => kid ?? ''))
      this.#keysLoadedAt = Date.now()
    }
    return this.#keys
  }
}

/**
 * Tokens of the previous version have neither type nor audience. They stay valid during an upgrade, for at most a day.
 */
function isAccessToken(type: string | undefined, audience: string | string[] | undefined): boolean {
  if (type === undefined && audience === undefined) return true
  return type === ACCESS_TOKEN.type && audience === ACCESS_TOKEN.audience
}
