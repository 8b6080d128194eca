/** The worker that runs the due tasks of one database. */

import type { Logger } from 'pino'
import type { Pool, Queryable } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { crashPoint, holds } from '../faults/index.ts'
import { beginSpan, type Metrics, type SpanSink, traceFrom, traceParent } from '../telemetry/index.ts'
import { claim, type Vacancies, type Vacancy } from './claim.ts'
import {
  due,
  type Lane,
  LEASE_MS,
  LeaseLostError,
  leaseHeld,
  NonRetryableError,
  RELAY,
  type Task,
  type TaskHandler,
} from './tasks.ts'

export interface WorkerOptions {
  pool: Pool
  handlers: ReadonlyMap<string, TaskHandler>
  /** Runs tasks with the prefix {@link RELAY}. */
  relay: TaskHandler
  log: Logger
  metrics: Metrics
  spans?: SpanSink | undefined
  /** Name of this process; operators see it as the holder of a task. */
  holder?: string
  /** Most sagas and urgent events that run at once; the other lanes get a share of it, see {@link slotsOf}. */
  concurrency: number
  /** How long a claim lasts without renewal. */
  leaseMs?: number
  /** How often the worker polls for due tasks when no notification arrives. */
  pollMs?: number
}

const POLL_MS = 1_000
/** Stands for every handler, in a wake-up and in a notification that names none. */
const ANY_HANDLER = ''
const BACKOFF_MS = { first: 200, longest: 300_000 }

/** Slots of each lane. A person waits for `urgent` work; the other lanes must leave connections for requests. */
function slotsOf(concurrency: number): Record<Lane, number> {
  const share = (part: number) => Math.ceil(concurrency / part)
  return { urgent: concurrency, events: share(2), jobs: share(2), bulk: share(4) }
}

/** Tasks that run together: one task, or a batch. */
interface Run {
  readonly tasks: readonly Task[]
  readonly handler: string
  readonly group: string
  readonly lease: AbortController
  readonly done: Promise<void>
}

export class Worker {
  readonly #options: Required<Omit<WorkerOptions, 'spans'>> & Pick<WorkerOptions, 'spans'>
  readonly #database: Queryable
  readonly #slots: Record<Lane, number>
  /** The handlers of this process by the name of the event that they subscribe to. */
  readonly #handlersOf: ReadonlyMap<string, readonly string[]>
  readonly #running = new Set<Run>()
  #closing = false
  #isClaiming = false
  /** Resolves when the last claim has started the tasks that it took. */
  #claimed: Promise<void> | undefined
  /** Handlers that may have due tasks; {@link RELAY} stands for all relays, {@link ANY_HANDLER} for every handler. */
  #wanted = new Set<string>()
  /** Groups and handlers for which the last claim filled all free slots, so more tasks may be due. */
  #backlog = new Set<string>()
  #poll: NodeJS.Timeout | undefined
  #renew: NodeJS.Timeout | undefined

  constructor(options: WorkerOptions) {
    this.#options = { leaseMs: LEASE_MS, pollMs: POLL_MS, holder: String(process.pid), ...options }
    this.#database = options.pool.at(0)
    this.#slots = slotsOf(options.concurrency)
    this.#handlersOf = Map.groupBy(options.handlers.keys(), (name) => name.split('/on:')[1] ?? '')
  }

  start(): void {
    if (this.#options.handlers.size === 0) return
    this.#poll = setInterval(() => this.wake(), this.#options.pollMs)
    this.#renew = setInterval(() => void this.#renewLeases(), this.#options.leaseMs / 3)
    this.wake()
  }

  /** Claims due tasks now, for these handlers or for all. */
  wake(handlers: readonly string[] = [ANY_HANDLER]): void {
    for (const handler of handlers) this.#wanted.add(handler)
    if (!this.#isClaiming && !this.#closing) this.#claimed = this.#claimAll()
  }

  /**
   * Claims what a notification on `DUE_CHANNEL` says is due, if this process runs it. An event may also have
   * subscribers in another database. Any process can relay it, so only its publisher (`own`) claims the relay at once.
   */
  onDue(what: string, own: boolean): void {
    const named = what === ANY_HANDLER || this.#options.handlers.has(what)
    const handlers = named ? [what] : (this.#handlersOf.get(what) ?? [])
    const relays = !named && (own || what.startsWith(RELAY))
    if (handlers.length > 0 || relays) this.wake([...handlers, ...(relays ? [RELAY] : [])])
  }

  /** How many tasks this process holds. */
  get running(): number {
    return this.#held().length
  }

  /** Claims no more tasks and waits up to `graceMs` for those that run. Gives back the rest: they are due at once. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true
    clearInterval(this.#poll)
    const timeUp = new Promise<void>((resolve) => setTimeout(resolve, graceMs).unref())
    // A claim in progress may still take tasks.
    await Promise.race([this.#claimed, timeUp])
    await Promise.race([Promise.all([...this.#running].map(({ done }) => done)), timeUp])
    clearInterval(this.#renew)
    const left = this.#held()
    for (const { lease } of this.#running) lease.abort()
    if (left.length > 0) {
      await this.#database.run(sql`
        update doran.tasks t set run_at = now() from ${heldRows(left)} where t.id = held.id and t.epoch = held.epoch ${due('')}`)
    }
  }

  #held(): Task[] {
    return [...this.#running].flatMap(({ tasks }) => tasks)
  }

  async #claimAll(): Promise<void> {
    this.#isClaiming = true
    while (this.#wanted.size > 0 && !this.#closing) {
      const wanted = this.#wanted
      const vacancies = this.#vacancies(wanted)
      if (!hasRoom(vacancies)) break
      this.#wanted = new Set()
      try {
        const { tasks, contended } = await claim(this.#database, vacancies)
        this.#startAll(tasks)
        const backlog = backlogOf(vacancies, tasks)
        // A claim for some handlers says nothing about the others.
        this.#backlog = wanted.has(ANY_HANDLER) ? backlog : this.#backlog.union(backlog)
        if (contended) this.#wanted = this.#wanted.union(wanted)
      } catch (error) {
        this.#options.log.warn({ err: error }, 'tasks could not be claimed; trying again')
        break
      }
    }
    this.#isClaiming = false
  }

  /** A handler that takes batches has a slot of its own; all others share the slots of their lane. */
  #vacancies(wanted: ReadonlySet<string>): Vacancies {
    const isWanted = (name: string) => wanted.has(ANY_HANDLER) || wanted.has(name)
    const runs = [...this.#running]
    const runsOf = (handler: string) => runs.filter((run) => run.handler === handler).length
    const free = (lane: Lane) => Math.max(0, this.#slots[lane] - runs.filter(({ group }) => group === lane).length)
    const candidates = [...this.#options.handlers].filter(([handler]) => isWanted(handler))
    const handlers = candidates.map(([handler, { lane = 'events', batch, concurrency }]): Vacancy => {
      const running = runsOf(handler)
      const allowed = Math.max(0, (concurrency ?? (batch ? 1 : Number.MAX_SAFE_INTEGER)) - running)
      const groupRoom = batch ? Math.min(allowed, 1) * batch.size : free(lane)
      const room = batch ? groupRoom : Math.min(groupRoom, allowed)
      return { handler, group: batch ? handler : lane, groupRoom, room, running }
    })
    const relayed = Map.groupBy(
      runs.filter((run) => run.handler.startsWith(RELAY)),
      ({ handler }) => handler,
    )
    return {
      handlers,
      relays: isWanted(RELAY) ? { urgent: free('urgent'), events: free('events'), bulk: free('bulk') } : {},
      relaying: Object.fromEntries([...relayed].map(([handler, { length }]) => [handler, length])),
      leaseMs: this.#options.leaseMs,
      holder: this.#options.holder,
    }
  }

  #startAll(tasks: readonly (Task & { group: string })[]): void {
    for (const [group, members] of Map.groupBy(tasks, ({ group }) => group)) {
      if (this.#options.handlers.get(group)?.batch) this.#start(members, group)
      else for (const task of members) this.#start([task], group)
    }
  }

  #start(tasks: readonly Task[], group: string): void {
    const lease = new AbortController()
    const { handler } = tasks[0] as Task
    const done = this.#runAll(tasks, lease.signal).finally(() => {
      this.#running.delete(run)
      if (this.#backlog.has(group) || this.#backlog.has(handler)) this.wake()
      else if (this.#wanted.size > 0) this.wake([])
    })
    const run: Run = { tasks, handler, group, lease, done }
    this.#running.add(run)
  }

  /** Runs a batch together. If that fails, runs its tasks one by one, so that a bad task does not block the others. */
  async #runAll(tasks: readonly Task[], lease: AbortSignal): Promise<void> {
    const [first, ...others] = tasks as [Task, ...Task[]]
    const { batch } = this.#options.handlers.get(first.handler) ?? {}
    if (batch && others.length > 0) {
      const failure = await this.#attempt(first, lease, () => batch.runAll(tasks, lease))
      if (failure === undefined) return
      const about = { err: failure, handler: first.handler, tasks: tasks.length }
      this.#options.log.warn(about, 'a batch of tasks failed; running its tasks one by one')
    }
    for (const task of tasks) if (!lease.aborted) await this.#run(task, lease)
  }

  async #run(task: Task, lease: AbortSignal): Promise<void> {
    const { handlers, relay, log } = this.#options
    const handler = handlers.get(task.handler) ?? relay
    const isLast = (failure: unknown) =>
      failure instanceof NonRetryableError || task.attempts >= (handler.maxAttempts ?? Number.POSITIVE_INFINITY)
    const error = await this.#attempt(task, lease, (traced) => handler.run(traced, lease), isLast)
    if (error === undefined) return
    const exhausted = isLast(error)
    log[exhausted ? 'error' : 'warn'](
      {
        err: error,
        task: task.id,
        handler: task.handler,
        attempt: task.attempts,
        trace: traceFrom(task.trace).traceId,
      },
      exhausted ? 'a task failed for the last time; see `doran tasks list`' : 'a task failed and will be tried again',
    )
    await this.#fail(task, error, handler, exhausted).catch((cause) =>
      log.warn({ err: cause, task: task.id }, 'the failure of a task could not be recorded; its lease will run out'),
    )
  }

  /** Returns the error of the attempt, or undefined when the task is done or another process has taken it over. */
  async #attempt(
    task: Task,
    lease: AbortSignal,
    work: (traced: Task) => Promise<void>,
    isLast: (failure: unknown) => boolean = () => false,
  ): Promise<unknown> {
    const { metrics, spans, log } = this.#options
    const { handler } = task
    const end = metrics.task.startTimer({ handler })
    const trace = traceFrom(task.trace)
    const endSpan = beginSpan(spans, { trace, name: handler, kind: 'consumer', attributes: { task: task.id } })
    try {
      crashPoint('task.after-claim')
      await work({ ...task, trace: traceParent(trace) })
      end({ outcome: 'done' })
      endSpan()
      log.debug({ task: task.id, handler, trace: trace.traceId }, 'a task is done')
    } catch (error) {
      endSpan(error)
      const lost = error instanceof LeaseLostError || lease.aborted
      end({ outcome: lost ? 'lost' : isLast(error) ? 'dead' : 'failed' })
      if (!lost) return error ?? new Error('a task was rejected with nothing')
      log.warn({ task: task.id, handler }, 'lost the lease of a task; another process has it')
    }
    return undefined
  }

  async #fail(task: Task, error: unknown, handler: TaskHandler, exhausted: boolean): Promise<void> {
    if (exhausted && handler.onExhausted) return handler.onExhausted(task)
    const longest = handler.longestPauseMs ?? BACKOFF_MS.longest
    const delay = Math.min(BACKOFF_MS.first * 2 ** (task.attempts - 1), longest) * (0.75 + Math.random() / 2)
    await this.#database.run(sql`
      update doran.tasks set
        state = ${exhausted ? 'dead' : 'ready'},
        run_at = now() + make_interval(secs => ${delay / 1000}),
        epoch = epoch + 1,
        failing_since = case when attempts > 1 then coalesce(failing_since, now()) else now() end,
        last_error = ${String((error as Error)?.stack ?? error).slice(0, 4000)}
      where ${leaseHeld(task)}`)
    if (!exhausted) setTimeout(() => this.wake(), delay + 5).unref()
  }

  async #renewLeases(): Promise<void> {
    const runs = [...this.#running]
    const tasks = runs.flatMap(({ tasks }) => tasks)
    if (tasks.length === 0) return
    try {
      const kept = await this.#database.all<{ id: number }>(sql`
        update doran.tasks t set run_at = now() + make_interval(secs => ${this.#options.leaseMs / 1000})
        from ${heldRows(tasks)} where t.id = held.id and t.epoch = held.epoch
        returning t.id`)
      const ids = new Set(kept.map(({ id }) => id))
      // A task that has completed meanwhile is missing, too. Aborting is harmless then: nothing listens to its signal.
      for (const { tasks, lease } of runs) {
        if (!tasks.some(({ id }) => ids.has(id)) && holds('lease-epoch')) lease.abort()
      }
    } catch (error) {
      this.#options.log.warn({ err: error }, 'leases could not be renewed')
    }
  }
}

/** The rows `held`: ids and epochs of tasks. Compare both, for a task that was taken over has another epoch. */
function heldRows(tasks: readonly Task[]) {
  return sql`unnest(${tasks.map(({ id }) => id)}::bigint[], ${tasks.map(({ epoch }) => epoch)}::bigint[]) as held (id, epoch)`
}

function hasRoom({ handlers, relays }: Vacancies): boolean {
  return handlers.some(({ room }) => room > 0) || Object.values(relays).some((room) => room > 0)
}

/** Groups and handlers that had no free slot before this claim, or have none after it. */
function backlogOf({ handlers, relays }: Vacancies, tasks: readonly (Task & { group: string })[]): Set<string> {
  const takenOf = (name: string) => tasks.filter(({ handler, group }) => handler === name || group === name).length
  const rooms = [
    ...Object.entries(relays),
    ...handlers.flatMap(({ handler, room, group, groupRoom }): [string, number][] => [
      [handler, room],
      [group, groupRoom],
    ]),
  ]
  return new Set(rooms.filter(([name, room]) => takenOf(name) === room).map(([name]) => name))
}
