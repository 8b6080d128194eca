import type { Logger } from 'pino'
import type { Client, Contract, Event, Input, Reply, Static } from '../contract/contract.ts'
import type { Deadline } from '../contract/deadline.ts'
import type { ErrorFactory } from '../contract/errors.ts'
import type { TObject, TSchema } from '../contract/type.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { Actor } from './actor.ts'
import type { Cache } from './cache.ts'
import type { Channel } from './channel.ts'

/** What every handler receives. `Who` is the type of the actor that the operation's access rule guarantees. */
export interface Context<Who = Actor | undefined, Config = unknown> {
  /** The service's own database. */
  readonly db: Database
  /** Calls another service: `ctx.client(inventory).reserve({ … })`. */
  readonly client: <C extends Contract>(contract: C) => Client<C>
  /** The user on whose behalf the work is done. */
  readonly actor: Who
  /** Each entry carries service, request, trace and user. */
  readonly log: Logger
  readonly cache: Cache
  /** Sends hints between processes, for example to wake a waiting request. Hints may be lost. */
  readonly channel: Channel
  /**
   * When the caller stops waiting. In events, jobs and sagas nobody waits, so each of their calls has the full time.
   */
  readonly deadline: Deadline
  /** The service's own settings, from the environment. */
  readonly config: Config
}

type ActorFor<Op> = Op extends { access: 'user' | readonly string[] } ? Actor : Actor | undefined

/**
 * The implementation of one operation of a contract. Under an Idempotency-Key the whole handler is one transaction.
 * PostgreSQL ends a transaction that is idle for five seconds, so slow work belongs in a task. Calls between services
 * go one way: a called service that calls back for the same row waits for its lock until `lock_timeout` (ten seconds).
 */
export type Handler<C extends Contract, K extends keyof C['operations'], Config = unknown> = (
  input: Input<C['operations'][K]>,
  ctx: Context<ActorFor<C['operations'][K]>, Config>,
) => Promise<Reply<C['operations'][K]>>

/**
 * The lane of a delivery. Each lane has its own slots, so no lane waits for another: `urgent` for work that a person
 * waits for, `bulk` for events that come by the thousand, `events` for everything else.
 */
export type EventLane = 'urgent' | 'events' | 'bulk'

export interface SubscriptionOptions {
  /** `events` by default. */
  readonly lane?: EventLane
  /** Most simultaneous runs of this handler in a process. By default the slots of its lane, and 1 with `batch`. */
  readonly concurrency?: number
}

export interface Subscription extends SubscriptionOptions {
  readonly event: Event
  /** Most events in one run; undefined for a handler that takes one event at a time. */
  readonly batch?: number
  // biome-ignore lint/suspicious/noExplicitAny: each subscription has its own event's data and service's config
  readonly handle: (data: any, ctx: SubscriberContext<any>) => Promise<void>
}

/** The context of a subscriber. `db` is the transaction that completes the delivery. */
export type SubscriberContext<Config = unknown> = Omit<Context<undefined, Config>, 'db'> & {
  readonly db: Transaction
}

/**
 * Subscribes to an event. The handler's own writes and the completion of the delivery are one transaction, so their
 * effect on the service's own database happens exactly once. Its calls to other services may happen more than once.
 * PostgreSQL ends a transaction that is idle for five seconds, so a handler must not wait for slow third parties.
 *
 * With `batch` the handler receives up to that many events, in any order, and one transaction for all of them. When a
 * batch fails, its events are handled one by one, so an event that cannot be handled does not block the others.
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
  /** IANA name of the expression's time zone; UTC by default. */
  readonly timeZone?: string
  // biome-ignore lint/suspicious/noExplicitAny: each service has its own config
  readonly run: (ctx: Context<undefined, any>) => Promise<void>
}

/**
 * Declares scheduled work. Exactly one process runs it each time. A run starts up to twenty seconds late, so that jobs
 * with the same schedule do not start together. Runs missed while no process was up are made up for by a single run. A
 * crash may repeat a run, so it must be safe to repeat. Each read of `ctx.deadline`, and each call, gets a fresh
 * deadline; it has passed when another process has taken over the job.
 */
export function job(name: string, definition: Omit<Job, 'name'>): Job {
  return { name, ...definition }
}

/**
 * One step of a saga. While a service that a step needs is unavailable, the step is retried for as long as it takes,
 * unless it sets `giveUpAfterMs`. When a step is refused, the saga turns round: it compensates the steps that are done.
 * If it no longer can, it waits for an operator.
 */
// biome-ignore lint/suspicious/noExplicitAny: a list of steps has results of all kinds
export interface Step<In, Result = any> {
  readonly name: string
  /**
   * Calls other services. It may run again after a crash, so its calls carry an idempotency key of the step. Its result
   * is stored as JSON for later steps. A domain error with a status below 500 is a refusal: nothing was done.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each service has its own config
  readonly act?: (input: In, ctx: Context<undefined, any>, results: StepResults) => Promise<Result>
  /** The service's own writes, in the transaction that records the step as done, so they happen exactly once. */
  // biome-ignore lint/suspicious/noExplicitAny: each service has its own config
  readonly record?: (input: In, tx: Transaction, ctx: Context<undefined, any>, results: StepResults) => Promise<void>
  /** Compensates the step when it, or a later one, has failed. It is retried for as long as it takes. */
  // biome-ignore lint/suspicious/noExplicitAny: each service has its own config
  readonly undo?: (input: In, ctx: Context<undefined, any>, turn: SagaTurn) => Promise<void>
  /**
   * Milliseconds of failing attempts after which the saga gives up the step and turns round. The outcome of the step is
   * then unknown, so it needs an `undo` that finds out. Allowed only before the pivot.
   */
  readonly giveUpAfterMs?: number
  /**
   * The first step whose effect must not be compensated just because a service is unavailable. When it is refused, the
   * saga turns round. When it is done, the saga only goes forward, for as long as it takes.
   */
  readonly pivot?: boolean
  /** Codes of refusals that turn the saga round. By default all do so up to and including the pivot, none after it. */
  readonly turnsRoundOn?: readonly string[]
}

/** The results of earlier steps. */
export interface StepResults {
  /** The result of a step of this saga. Throws when that step is not done. */
  of<Result>(step: Step<never, Result>): Result
}

/** Why a saga turned round, that is, compensates. */
export interface SagaFailure {
  readonly step: string
  readonly code: string
  readonly message: string
  /** `refused`: the failed step did nothing. `unknown`: the saga gave it up, and it may have been done. */
  readonly outcome: 'refused' | 'unknown'
}

/** What the `undo` of a step receives. */
export interface SagaTurn {
  readonly reason: SagaFailure
  /** The known outcome of this step's own `act`. */
  readonly outcome: 'done' | SagaFailure['outcome']
  readonly results: StepResults
}

export interface Saga<In = unknown> {
  readonly name: string
  /** Raise it when steps or their meaning change, so that processes of the previous version take no new run. */
  readonly version: number
  /** Earlier versions with the same steps. This definition finishes their unfinished runs. */
  readonly continues: readonly number[]
  readonly input: TSchema
  readonly steps: readonly Step<In>[]
}

/** Declares a step. Later steps use it to read its result: `results.of(reserveStock)`. */
export function step<In, Result>(name: string, actions: Omit<Step<In, Result>, 'name'>): Step<In, Result> {
  return { name, ...actions }
}

/**
 * Declares an orchestrated sequence of steps that either completes or is compensated. Its state survives crashes.
 * Throws when the steps contradict each other, for example when one has `giveUpAfterMs` after the pivot.
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
  /** Folder of plain SQL files. The URL ends with a slash. */
  readonly migrations?: URL
  /** All errors that the service declares, for the error catalogue. */
  readonly errors?: Readonly<Record<string, ErrorFactory>>
  /** Schema of the environment variables that the service reads. Each has a `description`. */
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

/** Assembles a service from explicit lists. Any platform that is given the service can run it. */
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
