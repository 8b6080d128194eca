import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds of pause per millisecond of work, so that the job does not slow other users of the database down. */
const PAUSE_FACTOR = 2
/** After this time the remaining work waits for the job's next run. */
const MAX_RUN_MS = 40_000

/** Processes batches, with pauses in between, until a batch returns 0. For jobs that run every minute. */
export async function workInBatches(batch: () => Promise<number>): Promise<void> {
  const end = performance.now() + MAX_RUN_MS
  for (let begun = performance.now(); begun < end; begun = performance.now()) {
    if ((await batch()) === 0) return
    await pause((performance.now() - begun) * PAUSE_FACTOR)
  }
}
