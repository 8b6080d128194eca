/**
 * Sagas: each is one task that walks through the steps. What a step did, where the saga stands next and the
 * step's own writes are one transaction, fenced by the task's epoch; so a process that was thought dead cannot
 * move a saga that another one has taken over.
 */
import { crashPoint, holds } from '@doran/faults'
import { beginSpan, type SpanSink, traceFrom, traceParent } from '@doran/telemetry'
import type { Database, Queryable, Transaction } from '../database/database.ts'
import { sql } from '../database/sql.ts'
import { DomainError } from '../errors.ts'
import { newId } from '../id.ts'
import { assertValid } from '../schema.ts'
import type { Context, Saga, SagaFailure, Step } from '../service.ts'
import { addTask, assertHeld, completed, heldOn, type Task, type TaskHandler } from './tasks.ts'

export interface SagaState {
  id: string
  input: unknown
  state: 'running' | 'compensating' | 'done' | 'undone'
  step: number
  error: SagaFailure | null
}

/** A step that keeps failing for reasons other than a refusal is given up after this many tries (about 2 minutes)… */
const ACT_ATTEMPTS = 10
/** …but taking back is tried for about an hour, and then waits for an operator as a dead letter. */
const UNDO_ATTEMPTS = 20

/** Name of the task that runs a saga; a process that does not know this version leaves it alone. */
export function sagaHandlerName(service: string, saga: Pick<Saga, 'name' | 'version'>): string {
  return `${service}/saga:${saga.name}@${saga.version}`
}

const services = new WeakMap<Saga, string>()

/** Says which service runs a saga; the platform does so when it takes the service in. */
export function bindSaga(saga: Saga, service: string): void {
  services.set(saga, service)
}

/**
 * Starts a saga in the caller's transaction. `key` names what it is about: a second start under the same key
 * does nothing and answers false.
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

/** The task handler of one saga definition. `contextFor` makes the context of a step, given the step's own key. */
export function sagaHandler(
  saga: Saga,
  spans: SpanSink | undefined,
  contextFor: (task: Task, key: string) => Context<undefined>,
): TaskHandler {
  return {
    maxAttempts: UNDO_ATTEMPTS,
    async run(task, lease) {
      const { saga: id } = task.payload as { saga: string }
      const database = contextFor(task, id).db
      let state = await database.one<SagaState>(sql`
        select id, input, state, step, error from doran.sagas where id = ${id}`)
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
            ? advance(saga, current, state, ctx, task, attempts)
            : takeBack(current, state, ctx, task)
        state = await going.finally(() => endSpan())
        crashPoint('saga.after-record')
        attempts = 1
      }
    },
  }
}

async function advance(
  saga: Saga,
  step: Step<unknown>,
  state: SagaState,
  ctx: Context<undefined>,
  task: Task,
  attempts: number,
): Promise<SagaState> {
  try {
    crashPoint('saga.before-act')
    const result = (await step.act?.(state.input, ctx)) ?? true
    crashPoint('saga.after-act-before-record')
    const last = state.step === saga.steps.length - 1
    const next: SagaState = { ...state, step: state.step + 1, state: last ? 'done' : 'running' }
    const { record } = step
    return await move(ctx.db, task, next, { [step.name]: result }, record && ((tx) => record(state.input, tx, ctx)))
  } catch (error) {
    const refused = error instanceof DomainError && error.status < 500
    if (!refused && attempts < ACT_ATTEMPTS) throw error
    // Refused, or tried often enough. What the step did is unknown in the second case, so it is taken back too.
    const { code, message } = refused ? error : { code: 'unavailable', message: 'A part of Doran did not answer.' }
    const failure: SagaFailure = { step: step.name, code, message }
    ctx.log.info({ saga: saga.name, id: state.id, failure }, 'a saga turns round')
    return move(ctx.db, task, { ...state, state: 'compensating', error: failure })
  }
}

async function takeBack(
  step: Step<unknown>,
  state: SagaState,
  ctx: Context<undefined>,
  task: Task,
): Promise<SagaState> {
  await step.undo?.(state.input, ctx, state.error as SagaFailure)
  crashPoint('saga.after-undo-before-record')
  const first = state.step === 0
  return move(ctx.db, task, { ...state, step: first ? 0 : state.step - 1, state: first ? 'undone' : 'compensating' })
}

/**
 * Records where the saga stands next. State and task change in one statement, which does nothing for a holder that
 * has lost the task; a step's own writes are in the same transaction.
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
    with held as (${over ? completed(task) : heldOn(task)} returning 1)
    update doran.sagas set
      state = ${next.state}, step = ${next.step}, error = ${next.error && sql.json(next.error)},
      results = results || ${sql.json(results)}::jsonb, updated_at = now()
    where id = ${next.id} ${holds('lease-epoch') ? sql`and exists (select 1 from held)` : sql.empty}`)
  assertHeld(rows)
}
