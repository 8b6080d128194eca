/** Argon2id hashes of passwords, computed and compared off the event loop, a few at a time. */
import { hash, verify } from '@node-rs/argon2'
import { busy } from './errors.ts'

// OWASP's recommendation: 19 MiB, two passes, one lane. Argon2id is the library's default algorithm.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// A hash that matches no password. Comparing with it when there is no account makes both cases cost the same.
const DECOY_HASH = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

// Node's thread pool has four threads. Two stay free for file reads, and hashing uses at most 38 MiB.
const MAX_CONCURRENT_HASHES = 2
/** A longer queue is refused. A hash takes some 30 ms, so a full queue means a wait of about half a second. */
const MAX_QUEUED_HASHES = 30
const RETRY_AFTER_SECONDS = 1

let running = 0
const waiting: (() => void)[] = []

/**
 * Throws `busy` if the queue is full. Call it before you count an attempt: a password that was never compared must not
 * count as wrong.
 */
export function assertNotBusy(): void {
  if (waiting.length >= MAX_QUEUED_HASHES) throw busy({ retryAfter: RETRY_AFTER_SECONDS })
}

/** Throws `busy` if the queue is full. */
export function hashPassword(password: string): Promise<string> {
  return withHashSlot(() => hash(normalised(password), COST))
}

/** Returns false if there is no hash to compare with, after the same time. Throws `busy` if the queue is full. */
export async function passwordMatches(password: string, passwordHash: string | null | undefined): Promise<boolean> {
  const matches = await withHashSlot(() => verify(passwordHash ?? DECOY_HASH, normalised(password)))
  return matches && typeof passwordHash === 'string'
}

async function withHashSlot<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MAX_CONCURRENT_HASHES) {
    assertNotBusy()
    // A finishing hash passes its slot to the next in the queue, so `running` does not change.
    await new Promise<void>((begin) => waiting.push(begin))
  } else running++
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
}

/** Normalises to NFKC, because keyboards differ in how they compose Hangul and accents. */
export function normalised(password: string): string {
  return password.normalize('NFKC')
}
