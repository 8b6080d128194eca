/** Doran as a process of its own, for demonstrations and measurements. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../doran.ts', import.meta.url))

export interface Running {
  readonly child: ChildProcess
  /** Milliseconds until it was ready. */
  readonly took: number
  /** Sends SIGTERM and waits until the process has ended. */
  stop(): Promise<void>
  /** Sends SIGKILL and waits until the process has ended. */
  kill(): Promise<void>
}

/**
 * Runs a `doran` command and waits for the line that says that it is ready. `pin` is the number of a processor core.
 */
export async function run(command: string[], environment: Record<string, string>, pin?: number): Promise<Running> {
  const begun = performance.now()
  const [name, ...args] = pin === undefined ? [process.execPath] : ['taskset', '-c', String(pin), process.execPath]
  const child = spawn(name as string, [...args, program, ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  // However this process ends, it leaves no child behind.
  const leave = () => child.kill('SIGTERM')
  process.once('exit', leave)
  child.once('exit', () => process.off('exit', leave))
  let said = ''
  const ready = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk) => {
        said += chunk
        if (/is ready/.test(said)) resolve()
      })
    }
  })
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`doran ${command.join(' ')} ended:\n${said}`)))
  ended.catch(() => {})
  await Promise.race([ready, ended])
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  return { child, took: performance.now() - begun, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}
