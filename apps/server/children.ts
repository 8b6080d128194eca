/** Child processes: started, watched, restarted when they die, and stopped with this process. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { UserError } from './errors.ts'

const program = fileURLToPath(new URL('./doran.ts', import.meta.url))

const BACKOFF_MS = { first: 200, longest: 10_000 }
/** A child that lived for this long did not fail at its start. */
const STABLE_AFTER_MS = 30_000

export interface ChildOptions {
  /** Name to show before each of the child's lines. */
  readonly name: string
  /** A `doran` command with its arguments. */
  readonly command: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  /** Command that runs the child, such as `ip netns exec <name>`. */
  readonly launcher?: readonly string[]
  /** Receives each line that the child writes. Without it, the lines go to this process's output. */
  readonly onLine?: (line: string) => void
}

/** The message of a child that is ready. */
export interface ReadyMessage {
  readonly url: string
}

/** In a child: reports that it is ready, and stops it when its parent is gone. */
export function reportReady(message: ReadyMessage, stop: () => void): void {
  if (!process.send) return
  process.on('disconnect', stop)
  process.send(message)
}

/** Runs a `doran` command in a process of its own. */
export class Child {
  readonly name: string
  readonly #options: ChildOptions
  #process: ChildProcess | undefined
  #stopping = false

  constructor(options: ChildOptions) {
    this.name = options.name
    this.#options = options
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /**
   * Starts the child and waits until it is ready. Returns its URL. Throws what the child wrote to stderr if it ends
   * first.
   */
  async start(): Promise<string> {
    const { command, environment, launcher = [], onLine } = this.#options
    const [file, ...args] = [...launcher, process.execPath, program, ...command]
    const child = spawn(file as string, args, {
      stdio: ['ignore', onLine ? 'pipe' : 'inherit', 'pipe', 'ipc'],
      env: environment,
      // Ctrl-C reaches only the first process, which stops the others in order.
      detached: true,
    })
    this.#process = child
    if (onLine && child.stdout) createInterface({ input: child.stdout }).on('line', onLine)
    let complaint = ''
    if (child.stderr) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        complaint += `${line}\n`
        if (onLine) onLine(line)
        else process.stderr.write(`${line}\n`)
      })
    }
    const [message] = await Promise.race([
      once(child, 'message') as Promise<[ReadyMessage]>,
      once(child, 'exit').then(() =>
        Promise.reject(new UserError(complaint.trim() || `${this.name} ended before it was ready.`)),
      ),
    ])
    return message.url
  }

  /**
   * Restarts the child whenever it ends, with a growing delay if it ends soon. Tells `onEnd` how it ended and the delay
   * in milliseconds.
   */
  restartOnExit(onEnd: (how: string, delayMs: number) => void): void {
    let failures = 0
    const watch = async () => {
      const since = Date.now()
      const child = this.#process as ChildProcess
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      if (this.#stopping) return
      failures = Date.now() - since > STABLE_AFTER_MS ? 0 : failures + 1
      const delay = Math.min(BACKOFF_MS.first * 2 ** failures, BACKOFF_MS.longest)
      onEnd(child.signalCode ? `was ended by ${child.signalCode}` : `ended with code ${child.exitCode}`, delay)
      setTimeout(async () => {
        if (this.#stopping) return
        await this.start().catch(() => {})
        void watch()
      }, delay)
    }
    void watch()
  }

  /** Calls the handler when the process ends, for whatever reason. */
  onExit(handler: () => void): void {
    this.#process?.once('exit', handler)
  }

  /** Sends SIGTERM and waits until the process has ended. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  /** Sends SIGKILL and waits until the process has ended. */
  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.#stopping = true
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
}
