/** Passwords are kept as argon2id hashes, made and compared off the event loop. */
import { hash, verify } from '@node-rs/argon2'

// OWASP's recommendation: 19 MiB, two passes, one lane. Argon2id is the library's default algorithm.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

// Fits no password; compared against when there is no account, so that both cases cost the same.
const DECOY = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`

export function hashPassword(password: string): Promise<string> {
  return hash(composed(password), COST)
}

/** Takes the same time when there is no hash to compare with; then the answer is false. */
export async function passwordFits(password: string, passwordHash: string | null | undefined): Promise<boolean> {
  const fits = await verify(passwordHash ?? DECOY, composed(password))
  return fits && typeof passwordHash === 'string'
}

/** One form of each character, because keyboards differ in how they compose Hangul and accents. */
function composed(password: string): string {
  return password.normalize('NFKC')
}
