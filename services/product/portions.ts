import { setTimeout as pause } from 'node:timers/promises'

/** How long a job rests for each millisecond of work, so that whoever reads the same database does not notice it. */
const REST_FACTOR = 2
/** After this the rest is left to the job's next run. */
const LONGEST_MS = 40_000

/** For jobs that run every minute: works off portions, with rests between them, until one answers that it had nothing to do. */
export async function workInPortions(portion: () => Promise<number>): Promise<void> {
  const giveUp = performance.now() + LONGEST_MS
  for (let begun = performance.now(); begun < giveUp; begun = performance.now()) {
    if ((await portion()) === 0) return
    await pause((performance.now() - begun) * REST_FACTOR)
  }
}
