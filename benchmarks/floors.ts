import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'

export interface Floor {
  readonly url: string
  /** URL of bare node:http, if the floor has one. */
  readonly bareUrl: string
  readonly pid: number
  stop(): void
}

/**
 * Starts a floor as a process of its own, on the first core unless Doran is not pinned either. It ends with this
 * process.
 */
export async function startFloor(
  file: './floor.ts' | './community-floor.ts' | './forward.ts',
  request: object,
  { pinned = true } = {},
): Promise<Floor> {
  const child: ChildProcess = fork(new URL(file, import.meta.url), { stdio: 'inherit' })
  child.send(request)
  const [{ port, barePort }] = (await once(child, 'message')) as [{ port: number; barePort?: number }]
  if (pinned) spawnSync('taskset', ['-acp', '0', String(child.pid)])
  const at = (one: number | undefined) => `http://127.0.0.1:${one}`
  return { url: at(port), bareUrl: at(barePort), pid: child.pid as number, stop: () => child.disconnect() }
}
