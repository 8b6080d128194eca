import type { Logger } from 'pino'
import type { Client, Contract, Event, Input, Reply, Static } from '../contract/contract.ts'
import type { Deadline } from '../contract/deadline.ts'
import type { ErrorFactory } from '../contract/errors.ts'
import type { TObject, TSchema } from '../contract/type.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { Actor } from './actor.ts'
import type { Cache } from './cache.ts'
import type { Channel } from './channel.ts'

/** What every handler is given. `Who` is the actor that its access rule promises. */
export interface Context<Who = Actor | undefined, Config = unknown> {
  /** The service's own database. */
  readonly db: Database
  /** Calls another service: `ctx.client(inventory).reserve({ … })`. */
  readonly client: <C extends Contract>(contract: C) => Client<C>
  /** For whom the work is done. */
  readonly actor: Who
  /** Carries service, operation, request and trace. */
  readonly log: Logger
  readonly cache: Cache
  /** Hints between processes, for example to wake someone who waits; may be lost, so never the only word. */
  readonly channel: Channel
  /** When the caller stops waiting. Nobody waits for events, jobs and sagas: each of their calls has a whole one. */
  readonly deadline: Deadline
  /** The service's own settings, from the environment. */
  readonly config: Config
}

type ActorFor<Op> = Op extends { access: 'user' | readonly string[] } ? Actor : Actor | undefined

/**
 * The implementation of one operation of a contract. Under an Idempotency-Key all of it is one transaction, which
 * PostgreSQL ends when nothing happens in it for five seconds: what is slow belongs into a task. A call to a service that
 * calls back for the same row waits for that row's lock until `lock_timeout` (ten seconds), so calls go one way.
 */
export type Handler<C extends Contract, K extends keyof C['operations'], Config = unknown> = (
  input: Input<C['operations'][K]>,
  ctx: Context<ActorFor<C['operations'][K]>, Config>,
) => Promise<Reply<C['operations'][K]>>

/**
 * Which slots a delivery takes. Each lane has slots of its own, so none waits for what another one has to do: `urgent`
 * for what a person waits for, `bulk` for what comes by the thousand, `events` for everything else.
 */
export type EventLane = 'urgent' | 'events' | 'bulk'

export interface SubscriptionOptions {
  /** `events` by default. */
  readonly lane?: EventLane
  /** Most runs of this handler at once in a process; the slots of its lane by default, and 1 with `batch`. */
  readonly concurrency?: number
}

export interface Subscription extends SubscriptionOptions {
  readonly event: Event
  /** Most events of one run; undefined for a handler that takes them one by one. */
  readonly batch?: number
  // biome-ignore lint/suspicious/noExplicitAny: each subscription has its own event's data and service's config
  readonly handle: (data: any, ctx: SubscriberContext<any>) => Promise<void>
}

/** `db` is the transaction in which the delivery is completed. */
export type SubscriberContext<Config = unknown> = Omit<Context<undefined, Config>, 'db'> & {
  readonly db: Transaction
}

/**
 * Listens to an event. The handler's own writes and the completion of the delivery are one transaction, so in
 * the service's own database it happens exactly once; what it asks of others may happen more than once. PostgreSQL ends
 * the transaction when nothing happens in it for five seconds, so a handler does not wait for slow third parties.
 *
 * With `batch` the handler is given up to so many events at once, in any order, and one transaction for all of them. A
 * batch that fails is repeated event by event, so one event that cannot be handled does not keep the others.
 */
export function on<S extends TSchema, Config = unknown>(
  event: Event<S>,
  handle: (data: Static<S>[], ctx: SubscriberContext<Config>) => Promise<void>,
  options: SubscriptionOptions & { batch: number },
): Subscription
export function on<S extends TSchema, Config = unknown>(
  event: Event<S>,
  handle: (data: Static<S>, ctx: SubscriberContext<Config>) => Promise<void>,
  options?: SubscriptionOptions,
): Subscription
export function on(event: Event, handle: Subscription['handle'], options: SubscriptionOptions = {}): Subscription {
  return { event, handle, ...options }
}

export interface Job {
  readonly name: string
  /** Five-field cron expression. */
  readonly cron: string
  /** IANA name of the zone in which the expression is read; UTC by default. */
  readonly timeZone?: string
  // biome-ignore lint/suspicious/noExplicitAny: each service has its own config
  readonly run: (ctx: Context<undefined, any>) => Promise<void>
}

/**
 * Work at set times, by exactly one process each time; up to twenty seconds later, so that jobs of the same time do not
 * begin together. A time that passed while nobody ran is made up for once. A run may be repeated after a crash, so it must
 * be safe to repeat. `ctx.deadline` begins anew at each look and call, and has passed once another process has the job.
 */
export function job(name: string, definition: Omit<Job, 'name'>): Job {
  return { name, ...definition }
}

/**
 * One step of a saga. A step that cannot be done for want of a service is tried again for as long as it takes; one that
 * is refused turns the saga round if that is still possible, and otherwise waits for an operator.
 */
// biome-ignore lint/suspicious/noExplicitAny: a list of steps has results of all kinds
export interface Step<In, Result = any> {
  readonly name: string
  /**
   * Asks other services. It may run again after a crash, so it carries a key of its own. What it answers is recorded as
   * JSON for later steps. A domain error below 500 is a refusal: nothing was done.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each service has its own config
  readonly act?: (input: In, ctx: Context<undefined, any>, results: StepResults) => Promise<Result>
  /** The service's own writes, in the transaction that records the step as done: exactly once. */
  // biome-ignore lint/suspicious/noExplicitAny: each service has its own config
  readonly record?: (input: In, tx: Transaction, ctx: Context<undefined, any>, results: StepResults) => Promise<void>
  /** Takes the step back when a later one, or this one, did not succeed; tried for as long as it takes. */
  // biome-ignore lint/suspicious/noExplicitAny: each service has its own config
  readonly undo?: (input: In, ctx: Context<undefined, any>, turn: SagaTurn) => Promise<void>
  /**
   * Milliseconds of failing attempts after which the step is given up and the saga turns round. What the step did is
   * unknown then, so it has an `undo` that finds out. Allowed before the pivot only.
   */
  readonly giveUpAfterMs?: number
  /**
   * The first step whose effect must not be taken back because something is away. When it is refused, the saga turns
   * round; once it is done, the saga goes forward for as long as it takes.
   */
  readonly pivot?: boolean
  /** Codes of the refusals that turn the saga round: all of them up to the pivot, none after it, unless listed here. */
  readonly turnsRoundOn?: readonly string[]
}

/** What earlier steps have answered. */
export interface StepResults {
  /** The answer of a step of this saga. Throws when that step is not done. */
  of<Result>(step: Step<never, Result>): Result
}

/** Why a saga turned round. */
export interface SagaFailure {
  readonly step: string
  readonly code: string
  readonly message: string
  /** `refused`: the failed step did nothing. `unknown`: it was given up, and may have been done. */
  readonly outcome: 'refused' | 'unknown'
}

/** What a step is told when it is taken back. */
export interface SagaTurn {
  readonly reason: SagaFailure
  /** What is known of this step's own act. */
  readonly outcome: 'done' | SagaFailure['outcome']
  readonly results: StepResults
}

export interface Saga<In = unknown> {
  readonly name: string
  /** Raised when steps or their meaning change, so that a process of the version before takes no new run. */
  readonly version: number
  /** Earlier versions with the same steps, whose unfinished runs this definition finishes. */
  readonly continues: readonly number[]
  readonly input: TSchema
  readonly steps: readonly Step<In>[]
}

/** Declares a step. Later steps name it to read its answer: `results.of(reserveStock)`. */
export function step<In, Result>(name: string, actions: Omit<Step<In, Result>, 'name'>): Step<In, Result> {
  return { name, ...actions }
}

/**
 * An orchestrated sequence that either completes or is taken back; its state survives any crash. Throws when its steps
 * contradict each other, for example when one gives up after the pivot.
 */
export function saga<const S extends TSchema>(
  name: string,
  definition: { version: number; continues?: readonly number[]; input: S; steps: readonly Step<Static<S>>[] },
): Saga<Static<S>> {
  assertSteps(name, definition.steps)
  return { name, continues: [], ...definition }
}

function assertSteps(saga: string, steps: readonly Step<never>[]): void {
  const pivot = steps.findIndex((step) => step.pivot)
  for (const [index, { name, pivot: isPivot, giveUpAfterMs, undo }] of steps.entries()) {
    const mistake =
      (steps.findIndex((step) => step.name === name) < index && 'has the name of another step') ||
      (isPivot && index !== pivot && 'is a second pivot; a saga has one at most') ||
      (giveUpAfterMs !== undefined &&
        pivot >= 0 &&
        index >= pivot &&
        'gives up, but from the pivot on a saga goes forward') ||
      (giveUpAfterMs !== undefined && !undo && 'gives up, so it needs an `undo` that finds out what it did')
    if (mistake) throw new Error(`the step ${name} of the saga ${saga} ${mistake}`)
  }
}

export interface ServiceParts<C extends Contract, Config extends TObject = TObject> {
  readonly operations: { readonly [K in keyof C['operations']]: Handler<C, K, Static<Config>> }
  readonly subscriptions?: readonly Subscription[]
  // biome-ignore lint/suspicious/noExplicitAny: each saga has its own input
  readonly sagas?: readonly Saga<any>[]
  readonly jobs?: readonly Job[]
  /** Folder of plain SQL files; the URL ends with a slash. */
  readonly migrations?: URL
  /** Every error that the service declares, for the catalogue. */
  readonly errors?: Readonly<Record<string, ErrorFactory>>
  /** Schema of the environment variables that the service reads; each has a `description`. */
  readonly config?: Config
}

export interface Service {
  readonly contract: Contract
  // biome-ignore lint/suspicious/noExplicitAny: the handlers' types were checked by `service`
  readonly operations: Readonly<Record<string, (input: any, ctx: any) => Promise<unknown>>>
  readonly subscriptions: readonly Subscription[]
  // biome-ignore lint/suspicious/noExplicitAny: each saga has its own input
  readonly sagas: readonly Saga<any>[]
  readonly jobs: readonly Job[]
  readonly migrations: URL | undefined
  readonly errors: Readonly<Record<string, ErrorFactory>>
  readonly config: TObject | undefined
}

/** Puts a service together from explicit lists; it runs wherever a platform is given it. */
export function service<C extends Contract, Config extends TObject = TObject>(
  contract: C,
  parts: ServiceParts<C, Config>,
): Service {
  return {
    contract,
    operations: parts.operations as Service['operations'],
    subscriptions: parts.subscriptions ?? [],
    sagas: parts.sagas ?? [],
    jobs: parts.jobs ?? [],
    migrations: parts.migrations,
    errors: parts.errors ?? {},
    config: parts.config,
  }
}
