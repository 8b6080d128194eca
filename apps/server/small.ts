/** The environment of a process that runs a part of Doran, one of many, in which memory counts more than the last of speed. */
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'

/** Megabytes of each half of V8's young generation: its own limit, 16, is reached by a second of requests and kept. */
const YOUNG_GENERATION = 2

/** What is set already stays as it is. Figures are in benchmarks/README.md. */
export function small(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir()
  return {
    // Threads share their free memory, and what is free at the end of it goes back to the system.
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '131072',
    // Known before its first file, so that this is not stripped of its types anew: what does that takes 17 MB.
    ...(cache && { NODE_COMPILE_CACHE: dirname(cache) }),
    ...environment,
    NODE_OPTIONS: `--max-semi-space-size=${YOUNG_GENERATION} ${environment.NODE_OPTIONS ?? ''}`.trim(),
  }
}
