/** Processes of our own: started, watched, started again when they die, and stopped with this one. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { UserError } from './errors.ts'

const program = fileURLToPath(new URL('./doran.ts', import.meta.url))

const BACKOFF = { first: 200, longest: 10_000 }
/** A child that lived for so long has not failed at its start. */
const SETTLED = 30_000

export interface ChildOptions {
  /** Shown before each of its lines. */
  readonly name: string
  /** Command of `doran` with its arguments. */
  readonly command: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  /** A command that runs it in its turn, such as `ip netns exec <name>`. */
  readonly launcher?: readonly string[]
  /** Is told each line that it writes; without it they go to our own output. */
  readonly onLine?: (line: string) => void
}

/** What a child says when it is ready. */
export interface ReadyMessage {
  readonly url: string
}

/** Says, in a child, that it is ready, and ends it together with its parent. */
export function reportReady(message: ReadyMessage, stop: () => void): void {
  if (!process.send) return
  process.on('disconnect', stop)
  process.send(message)
}

/** Runs a command of `doran` in a process of its own. */
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

  /** Waits until it is ready. Throws what it complained of when it ends before that. */
  async start(): Promise<string> {
    const { command, environment, launcher = [], onLine } = this.#options
    const [file, ...args] = [...launcher, process.execPath, program, ...command]
    const child = spawn(file as string, args, {
      stdio: ['ignore', onLine ? 'pipe' : 'inherit', 'pipe', 'ipc'],
      env: environment,
      // Ctrl-C reaches the first process alone; it stops the others in their order.
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

  /** Starts it again whenever it ends, later each time when it does so soon; `onEnd` is told why. */
  keep(onEnd: (how: string, again: number) => void): void {
    let failures = 0
    const watch = async () => {
      const since = Date.now()
      const child = this.#process as ChildProcess
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      if (this.#stopping) return
      failures = Date.now() - since > SETTLED ? 0 : failures + 1
      const delay = Math.min(BACKOFF.first * 2 ** failures, BACKOFF.longest)
      onEnd(child.signalCode ? `was ended by ${child.signalCode}` : `ended with code ${child.exitCode}`, delay)
      setTimeout(async () => {
        if (this.#stopping) return
        await this.start().catch(() => {})
        void watch()
      }, delay)
    }
    void watch()
  }

  /** Calls the handler when the process ends, however it does. */
  onExit(handler: () => void): void {
    this.#process?.once('exit', handler)
  }

  /** SIGTERM, and waits until it is gone. */
  stop(): Promise<void> {
    return this.#end('SIGTERM')
  }

  /** kill -9. */
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
