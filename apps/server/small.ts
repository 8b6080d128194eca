/**
 * The environment of a process that runs a part of Doran. There are many such processes, so memory counts more than the
 * last bit of speed.
 */
import { getCompileCacheDir } from 'node:module'
import { dirname } from 'node:path'

/**
 * Megabytes of each half of V8's young generation. V8's own limit is 16: one second of requests fills that, and it
 * stays in use.
 */
const SEMI_SPACE_MB = 2

/** Keeps variables that are already set. benchmarks/README.md has the figures. */
export function small(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const cache = getCompileCacheDir()
  return {
    // Threads share their free memory, and free memory at its end goes back to the system.
    MALLOC_ARENA_MAX: '2',
    MALLOC_TRIM_THRESHOLD_: '131072',
    // Set before the first file is loaded, so that its types are not stripped anew: the stripper takes 17 MB.
    ...(cache && { NODE_COMPILE_CACHE: dirname(cache) }),
    ...environment,
    NODE_OPTIONS: `--max-semi-space-size=${SEMI_SPACE_MB} ${environment.NODE_OPTIONS ?? ''}`.trim(),
  }
}
