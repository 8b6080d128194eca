import assert from 'node:assert/strict'
import type { Report } from './bystander.ts'
import { MEMORY_LIMIT_MB, type Victim } from './victim.ts'

/** Factor by which the median wait of other visitors may grow during an attack. */
export const SLOWDOWN_LIMIT = 10
/** A shorter median of a quiet machine counts as this long: below it, one delay by the scheduler is noise. */
const SHORTEST_MS = 3

/**
 * Asserts that no other visitor was refused or waited much longer, and that the process stayed within its memory limit.
 */
export async function assertUnharmed(victim: Victim, { quiet, others }: Report<unknown>): Promise<void> {
  const memory = await victim.peakMemory()
  const figures = `quiet ${quiet.median.toFixed(1)} ms, meanwhile ${others.median.toFixed(1)} ms, ${memory.toFixed(0)} MB`
  assert.deepEqual(others.failures, {}, `others were refused (${figures})`)
  const limit = Math.max(quiet.median, SHORTEST_MS) * SLOWDOWN_LIMIT
  assert.ok(others.median < limit, `others waited too long: ${figures}`)
  assert.ok(memory < MEMORY_LIMIT_MB, `too much memory: ${figures}`)
}
