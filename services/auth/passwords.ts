/** Passwords are kept as argon2id hashes, made and compared off the event loop, a few at a time. */
import { hash, verify } from '@node-rs/argon2'
import { busy } from './errors.ts'

// OWASP's recommendation: 19 MiB, two passes, one lane. Argon2id is the library's default algorithm.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// Fits no password; compared against when there is no account, so that both cases cost the same.
const DECOY = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

// Node has four threads for such work and for files: two are left to pages, and memory stays at 38 MiB.
const MOST_AT_ONCE = 2
/** Who would wait behind more is refused: each takes some 30 ms, so this is about half a second. */
const MOST_WAITING = 30
const RETRY_AFTER_SECONDS = 1

let running = 0
const waiting: (() => void)[] = []

/**
 * Throws `busy` when no further password can be looked at now. Ask before an attempt is counted: a password that nobody
 * looked at is not a wrong one.
 */
export function assertNotBusy(): void {
  if (waiting.length >= MOST_WAITING) throw busy({ retryAfter: RETRY_AFTER_SECONDS })
}

/** Throws `busy` when too many wait already. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(composed(password), COST))
}

/** Takes the same time when there is no hash to compare with; then the answer is false. Throws `busy` like the other. */
export async function passwordFits(password: string, passwordHash: string | null | undefined): Promise<boolean> {
  const fits = await inTurn(() => verify(passwordHash ?? DECOY, composed(password)))
  return fits && typeof passwordHash === 'string'
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= MOST_AT_ONCE) {
    assertNotBusy()
    // Whoever finishes hands its place on, so `running` stays as it is.
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

/** One form of each character, because keyboards differ in how they compose Hangul and accents. */
export function composed(password: string): string {
  return password.normalize('NFKC')
}
