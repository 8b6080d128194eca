/**
 * Sagas. A saga is one task that runs the steps in order. One transaction holds the result of a step, the next state of
 * the saga and the step's own writes. The task's epoch fences it: a process that was taken for dead cannot change a
 * saga that another process has taken over.
 */

import { DomainError, kernelErrors } from '../contract/errors.ts'
import { assertValid } from '../contract/schema.ts'
import type { Database, Queryable, Transaction } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { crashPoint, holds } from '../faults/index.ts'
import { newId } from '../service/id.ts'
import type { Context, Saga, SagaFailure, SagaTurn, Service, Step, StepResults } from '../service/service.ts'
import {
  addTask,
  assertHeld,
  completed,
  leaseRenewed,
  NonRetryableError,
  type Task,
  type TaskHandler,
} from '../tasks/tasks.ts'
import { beginSpan, type SpanSink, traceFrom, traceParent } from '../telemetry/index.ts'

export interface SagaState {
  id: string
  input: unknown
  state: 'running' | 'compensating' | 'done' | 'undone'
  step: number
  error: SagaFailure | null
  /** Results of the steps that are done, by their names. */
  results: Record<string, unknown>
}

/** Limits the backoff, so that a saga continues within about a minute after a long outage. */
const LONGEST_PAUSE_MS = 60_000
const UNAVAILABLE = 'unavailable'
/** With the safeguard `saga-pivot` off, every step gives up after this many attempts. */
const UNSAFE_ATTEMPTS = 10

/** Name of the task that runs a saga. It has the version, so a process that lacks this version does not claim it. */
export function sagaHandlerName(service: string, saga: Pick<Saga, 'name' | 'version'>): string {
  return `${service}/saga:${saga.name}@${saga.version}`
}

const services = new WeakMap<Saga, string>()

/** Records which service runs a saga. The platform calls this when it loads the service. */
export function bindSaga(saga: Saga, service: string): void {
  services.set(saga, service)
}

/**
 * Starts a saga in the caller's transaction. `key` identifies its subject: a second start with the same key does
 * nothing and returns false.
 */
export async function startSaga<In>(tx: Transaction, saga: Saga<In>, key: string, input: In): Promise<boolean> {
  assertValid(saga.input, input, saga.name)
  const service = services.get(saga as Saga)
  if (!service) throw new Error(`the saga ${saga.name} is not listed in any running service`)
  const id = newId()
  const started = await tx.run(sql`
    insert into doran.sagas (id, service, name, version, key, input)
    values (${id}, ${service}, ${saga.name}, ${saga.version}, ${key}, ${sql.json(input)})
    on conflict (service, name, key) do nothing`)
  if (started === 0) return false
  await addTask(tx, { handler: sagaHandlerName(service, saga), key: id, payload: { saga: id }, trace: tx.trace })
  return true
}

/** The task handler of a saga. `contextFor` makes the context of a step from the idempotency key of the step. */
export function sagaHandler(
  saga: Saga,
  spans: SpanSink | undefined,
  contextFor: (task: Task, key: string) => Context<undefined>,
): TaskHandler {
  return {
    longestPauseMs: LONGEST_PAUSE_MS,
    async run(task, lease) {
      const { saga: id } = task.payload as { saga: string }
      let { failingForMs, ...state } = await readState(contextFor(task, id).db, task, id)
      let attempts = task.attempts
      while (state.state === 'running' || state.state === 'compensating') {
        lease.throwIfAborted()
        const current = saga.steps[state.step] as Step<unknown>
        const trace = traceFrom(task.trace)
        const ctx = contextFor({ ...task, trace: traceParent(trace) }, `saga:${id}:${current.name}`)
        const attributes = { saga: id, state: state.state }
        const endSpan = beginSpan(spans, { trace, name: `${saga.name}/${current.name}`, kind: 'internal', attributes })
        const going =
          state.state === 'running'
            ? advance(saga, current, state, ctx, { ...task, attempts }, failingForMs)
            : compensate(current, state, ctx, task)
        state = await going.finally(() => endSpan())
        crashPoint('saga.after-record')
        attempts = 1
        failingForMs = 0
      }
    },
  }
}

/** The saga, and for how many milliseconds the attempts at its current step have been failing. */
async function readState(db: Queryable, task: Task, id: string): Promise<SagaState & { failingForMs: number }> {
  const state = await db.first<SagaState & { failingForMs: number }>(sql`
    select s.id, s.input, s.state, s.step, s.error, s.results,
           coalesce(extract(epoch from now() - t.failing_since) * 1000, 0)::float8 as "failingForMs"
    from doran.sagas s left join doran.tasks t on t.id = ${task.id}
    where s.id = ${id}`)
  if (!state) throw new NonRetryableError(`there is no saga ${id}`)
  return state
}

async function advance(
  saga: Saga,
  step: Step<unknown>,
  state: SagaState,
  ctx: Context<undefined>,
  task: Task,
  failingForMs: number,
): Promise<SagaState> {
  try {
    crashPoint('saga.before-act')
    const results = resultsOf(state)
    const result = asJson(await step.act?.(state.input, ctx, results))
    crashPoint('saga.after-act-before-record')
    const last = state.step === saga.steps.length - 1
    const next: SagaState = {
      ...state,
      step: state.step + 1,
      state: last ? 'done' : 'running',
      results: { ...state.results, [step.name]: result },
    }
    const { record } = step
    return await move(
      ctx.db,
      task,
      next,
      { [step.name]: result },
      record && ((tx) => record(state.input, tx, ctx, results)),
    )
  } catch (error) {
    const reason = reasonToCompensate(saga, step, error, { failingForMs, attempts: task.attempts })
    if (!reason) throw error
    ctx.log.info({ saga: saga.name, id: state.id, reason }, 'a saga starts to compensate')
    return move(ctx.db, task, { ...state, state: 'compensating', error: reason })
  }
}

/**
 * Why the saga compensates after this error; undefined when the step is retried. Throws {@link NonRetryableError} for a
 * refusal after the pivot: neither a retry nor compensation is right then.
 */
function reasonToCompensate(
  saga: Saga,
  step: Step<unknown>,
  error: unknown,
  tried: { failingForMs: number; attempts: number },
): SagaFailure | undefined {
  if (isRefusal(error)) {
    const { code, message } = error
    if (mayCompensate(saga, step, code)) return { step: step.name, code, message, outcome: 'refused' }
    throw new NonRetryableError(`${step.name} was refused and the saga cannot turn round: ${code}: ${message}`, {
      cause: error,
    })
  }
  const { giveUpAfterMs = Infinity } = step
  const isGivenUp = holds('saga-pivot') ? tried.failingForMs >= giveUpAfterMs : tried.attempts >= UNSAFE_ATTEMPTS
  if (!isGivenUp) return
  return { step: step.name, code: UNAVAILABLE, message: 'A part of Doran did not answer.', outcome: 'unknown' }
}

function mayCompensate({ steps }: Saga, step: Step<unknown>, code: string): boolean {
  if (!holds('saga-pivot')) return true
  if (step.turnsRoundOn) return step.turnsRoundOn.includes(code)
  const pivot = steps.findIndex((one) => one.pivot)
  return pivot < 0 || steps.indexOf(step) <= pivot
}

/** Errors of the kernel itself are no decision of the called service, except for an input that can never be valid. */
const nonRefusalCodes = new Set(
  Object.values(kernelErrors)
    .map(({ code }) => code)
    .filter((code) => code !== kernelErrors.validationFailed.code),
)

/** The called service has decided: it did nothing, and a retry would change nothing. */
function isRefusal(error: unknown): error is DomainError {
  return error instanceof DomainError && error.status < 500 && error.status !== 429 && !nonRefusalCodes.has(error.code)
}

async function compensate(
  step: Step<unknown>,
  state: SagaState,
  ctx: Context<undefined>,
  task: Task,
): Promise<SagaState> {
  try {
    await step.undo?.(state.input, ctx, turnOf(step, state))
  } catch (error) {
    if (!isRefusal(error)) throw error
    throw new NonRetryableError(`${step.name} cannot be taken back: ${error.code}: ${error.message}`, { cause: error })
  }
  crashPoint('saga.after-undo-before-record')
  const first = state.step === 0
  return move(ctx.db, task, { ...state, step: first ? 0 : state.step - 1, state: first ? 'undone' : 'compensating' })
}

function turnOf(step: Step<unknown>, state: SagaState): SagaTurn {
  const error = state.error as SagaFailure
  // Earlier versions recorded no outcome. They used this code for steps that were given up, and for nothing else.
  const { outcome = error.code === UNAVAILABLE ? 'unknown' : 'refused' } = error
  const reason = { ...error, outcome }
  return { reason, outcome: reason.step === step.name ? outcome : 'done', results: resultsOf(state) }
}

function resultsOf({ results }: SagaState): StepResults {
  return {
    of<Result>({ name }: Step<never, Result>): Result {
      if (!Object.hasOwn(results, name)) throw new Error(`the step ${name} has no result: it is not done`)
      return results[name] as Result
    },
  }
}

/** The result in the form in which a later run of the task reads it. A step without a result counts as true. */
function asJson(result: unknown): unknown {
  return result === undefined ? true : JSON.parse(JSON.stringify(result))
}

/**
 * Records the next state of the saga. One statement changes saga and task, and changes nothing when the holder has lost
 * the task. The step's own writes (`record`) are in the same transaction.
 */
async function move(
  database: Database,
  task: Task,
  next: SagaState,
  results: Record<string, unknown> = {},
  record?: (tx: Transaction) => Promise<void>,
): Promise<SagaState> {
  if (!record) {
    await store(database, task, next, results)
    return next
  }
  return database.transaction(async (tx) => {
    await record(tx)
    await store(tx, task, next, results)
    return next
  })
}

async function store(db: Queryable, task: Task, next: SagaState, results: Record<string, unknown>): Promise<void> {
  const over = next.state === 'done' || next.state === 'undone'
  const rows = await db.run(sql`
    with held as (${over ? completed(task) : leaseRenewed(task)} returning 1)
    update doran.sagas set
      state = ${next.state}, step = ${next.step}, error = ${next.error && sql.json(next.error)},
      results = results || ${sql.json(results)}::jsonb, updated_at = now()
    where id = ${next.id} ${holds('lease-epoch') ? sql`and exists (select 1 from held)` : sql.empty}`)
  assertHeld(rows)
}

/**
 * Deletes up to `limit` sagas that ended more than thirty days ago, and returns how many. Their keys are free again, so
 * do not rely on a key to prevent a second start for longer than that.
 */
export function forgetFinishedSagas(db: Queryable, limit: number): Promise<number> {
  return db.run(sql`
    delete from doran.sagas where id in (
      select id from doran.sagas
      where state in ('done', 'undone') and created_at < now() - interval '30 days'
        and updated_at < now() - interval '30 days'
      limit ${limit})`)
}

/**
 * For metrics: how many seconds the longest failing saga of each handler has been failing. Sagas of `services` that do
 * not fail appear with 0.
 */
export function readFailingSagas(
  db: Queryable,
  services: readonly Service[],
): Promise<{ handler: string; seconds: number }[]> {
  const names = services.flatMap(({ contract, sagas }) => sagas.map((saga) => sagaHandlerName(contract.name, saga)))
  return db.all(sql`
    select handler, coalesce(extract(epoch from now() - min(failing_since)), 0)::float8 as seconds
    from (
      select handler, failing_since from doran.tasks
      where failing_since is not null and state = 'ready' and handler like '%/saga:%'
      union all select name, null from unnest(${names}::text[]) as known (name)
    ) as sagas
    group by handler`)
}
