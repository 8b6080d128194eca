import assert from 'node:assert/strict'
import type { Report } from './bystander.ts'
import { MEMORY_LIMIT_MB, type Victim } from './victim.ts'

/** How many times longer others may wait, in the median, than while nothing happens. */
export const SLOWDOWN_LIMIT = 10
/** A median of a quiet machine below this is taken for this much: what one scheduler's turn more makes of it is noise. */
const SHORTEST_MS = 3

/** Nobody else was refused, nor waited much longer; and the process stayed within its memory. */
export async function assertUnharmed(victim: Victim, { quiet, others }: Report<unknown>): Promise<void> {
  const memory = await victim.peakMemory()
  const figures = `quiet ${quiet.median.toFixed(1)} ms, meanwhile ${others.median.toFixed(1)} ms, ${memory.toFixed(0)} MB`
  assert.deepEqual(others.failures, {}, `others were refused (${figures})`)
  const limit = Math.max(quiet.median, SHORTEST_MS) * SLOWDOWN_LIMIT
  assert.ok(others.median < limit, `others waited too long: ${figures}`)
  assert.ok(memory < MEMORY_LIMIT_MB, `too much memory: ${figures}`)
}
