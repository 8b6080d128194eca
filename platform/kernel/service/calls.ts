/** Calls operations on behalf of any caller: a public request, another service, an event handler, a job or a saga. */

import type { Logger } from 'pino'
import type { CallOptions, Client, Contract, Operation } from '../contract/contract.ts'
import { isStreamed } from '../contract/contract.ts'
import { DomainError, fromProblem, kernelErrors, type Problem, toProblem } from '../contract/errors.ts'
import { inputOfCall } from '../contract/input.ts'
import { assertValid } from '../contract/schema.ts'
import type { Database, Pool } from '../database/database.ts'
import type { Metrics } from '../telemetry/index.ts'
import { beginSpan, childOf, type SpanSink, traceParent } from '../telemetry/index.ts'
import type { Actor } from './actor.ts'
import { ACT, type Act, actOf } from './audit.ts'
import type { Cache } from './cache.ts'
import type { Call } from './call.ts'
import type { Channel } from './channel.ts'
import { NestedKeys, once } from './idempotency.ts'
import type { Context, Service } from './service.ts'

/** A service that runs in this process, and what its handlers receive. */
export interface Hosted {
  readonly service: Service
  readonly pool: Pool
  readonly config: unknown
  readonly cache: Cache
  readonly log: Logger
}

/** Whether in-process calls are plain function calls, or pass JSON both ways as calls between processes do. */
export type CallMode = 'direct' | 'serialised'

/** Calls an operation of a service that runs in another process. */
export type RemoteCall = (contract: Contract, name: string, input: object, call: Call) => Promise<unknown>

export interface CallerOptions {
  readonly hosted: ReadonlyMap<string, Hosted>
  readonly channel: Channel
  readonly metrics: Metrics
  readonly mode: CallMode
  /** Undefined when all services run in this process. */
  readonly remote: RemoteCall | undefined
  readonly spans: SpanSink | undefined
}

/** Key under which a client keeps its {@link Purpose}. A symbol, so it cannot clash with an operation. */
const PURPOSE = Symbol('for')

interface Purpose {
  readonly call: Call
  readonly keys: NestedKeys | undefined
}

/** Deepest nesting of calls. */
export const MAX_DEPTH = 16

export class Caller {
  readonly #options: CallerOptions
  readonly #clients = new Map<Contract, object>()

  constructor(options: CallerOptions) {
    this.#options = options
  }

  /** Runs one operation of a hosted service. The entry point of the call has checked access already. */
  invoke(hosted: Hosted, name: string, input: object, call: Call): Promise<unknown> {
    call.deadline.check()
    const operation = operationOf(hosted.service.contract, name)
    const act = actOf(hosted.service.contract.name, name, operation, input, call)
    const database = hosted.pool.at(call.depth, traceParent(call.trace), call.deadline, act)
    const work = () => this.#work(hosted, name, input, call, database, act)
    return act ? act.run(database, hosted.log, work) : work()
  }

  #work(hosted: Hosted, name: string, input: object, call: Call, database: Database, act: Act | undefined) {
    const operation = operationOf(hosted.service.contract, name)
    const handler = hosted.service.operations[name] as (input: object, ctx: Context) => Promise<unknown>
    const handle = (db: Database) => {
      act?.begin()
      return handler(input, this.context(hosted, call, db, act))
    }
    if (call.key === undefined || !keepsAnswers(operation)) return handle(database)
    const scope = `${hosted.service.contract.name}.${name} ${call.actor?.id ?? '-'} ${call.key}`
    return once(database, scope, input, handle)
  }

  /** The context that a handler of the service receives for this call. */
  context(hosted: Hosted, call: Call, db: Database, act?: Act): Context {
    return new CallContext(this, hosted, call, db, this.#options.channel, act)
  }

  /** Functions that call the contract's operations on behalf of `call`, with derived idempotency keys if it has one. */
  client<C extends Contract>(contract: C, call: Call, keys?: NestedKeys): Client<C> {
    let methods = this.#clients.get(contract)
    if (!methods) {
      methods = this.#methods(contract)
      this.#clients.set(contract, methods)
    }
    return Object.assign(Object.create(methods), { [PURPOSE]: { call, keys } })
  }

  #methods(contract: Contract): object {
    const caller = this
    return Object.fromEntries(
      Object.keys(contract.operations).map((name) => [
        name,
        function (this: { [PURPOSE]: Purpose }, input: object = {}, options: CallOptions = {}) {
          const { call, keys } = this[PURPOSE]
          const under = (key: string | undefined) => caller.#call(contract, name, input, nested(call, options, key))
          if (options.key !== undefined || !keys) return under(options.key)
          return keys.use(`${contract.name}.${name}`, input, under)
        },
      ]),
    )
  }

  async #call(contract: Contract, name: string, input: object, call: Call): Promise<unknown> {
    const { metrics, spans } = this.#options
    const target = `${contract.name}.${name}`
    if (call.depth > MAX_DEPTH) throw new Error(`calls are nested more than ${MAX_DEPTH} deep at ${target}`)
    const end = metrics.call.startTimer({ service: contract.name, operation: name })
    const endSpan = beginSpan(spans, { trace: call.trace, name: target, kind: 'client', attributes: {} })
    try {
      const reply = await this.#reach(contract, name, input, call)
      end({ outcome: 'ok' })
      endSpan()
      return reply
    } catch (error) {
      end({ outcome: error instanceof DomainError && error.status < 500 ? 'refused' : 'failed' })
      endSpan(error)
      throw fits(contract, name, input, error) ? error : misfitError(target, error as DomainError)
    }
  }

  #reach(contract: Contract, name: string, input: object, call: Call): Promise<unknown> {
    const { hosted, mode, remote } = this.#options
    const here = hosted.get(contract.name)
    if (here && mode === 'direct') {
      return this.invoke(here, name, inputOfCall(operationOf(contract, name), input as Record<string, unknown>), call)
    }
    if (here) return this.#callSerialised(here, name, input, call)
    if (remote) return remote(contract, name, input, call)
    throw new Error(`the service ${contract.name} does not run in this process, and there is no way to others`)
  }

  /**
   * Calls as between processes: only JSON crosses, input and reply must fit the contract, and errors return as
   * problems. An operation declared idempotent runs twice, to prove that it is.
   */
  async #callSerialised(hosted: Hosted, name: string, input: object, call: Call): Promise<unknown> {
    const operation = operationOf(hosted.service.contract, name)
    const run = async () => {
      const copy = inputOfCall(operation, JSON.parse(JSON.stringify(input)))
      const reply = await this.invoke(hosted, name, copy, call)
      if (!operation.reply || isStreamed(operation.reply)) return reply
      assertValid(operation.reply, reply, `the reply of ${hosted.service.contract.name}.${name}`)
      return JSON.parse(JSON.stringify(reply))
    }
    try {
      const first = await run()
      return operation.idempotent && operation.method !== 'GET' ? await run() : first
    } catch (error) {
      if (error instanceof DomainError) throw fromProblem(JSON.parse(JSON.stringify(toProblem(error))) as Problem)
      throw error
    }
  }
}

function operationOf(contract: Contract, name: string): Operation {
  return contract.operations[name] as Operation
}

/** False when the error is the operation's refusal of an input that does not fit its schema. */
function fits(contract: Contract, name: string, input: object, error: unknown): boolean {
  if (!kernelErrors.validationFailed.is(error)) return true
  try {
    inputOfCall(operationOf(contract, name), { ...input })
    return true
  } catch {
    return false
  }
}

/** The calling service made the input, so this is a bug of ours, and the field names mean nothing to the client. */
function misfitError(target: string, { errors }: DomainError): TypeError {
  return new TypeError(`the input of ${target} does not fit its schema: ${JSON.stringify(errors)}`)
}

/**
 * The call that a handler makes: one level deeper, with the same deadline or an earlier one, and with a key of its own.
 */
function nested(call: Call, { timeout }: CallOptions, key: string | undefined): Call {
  return {
    actor: call.actor,
    deadline: call.deadline.within(timeout),
    trace: childOf(call.trace),
    request: call.request,
    address: call.address,
    key,
    depth: call.depth + 1,
  }
}

class CallContext implements Context {
  readonly db: Database
  readonly channel: Channel
  readonly [ACT]: Act | undefined
  readonly #caller: Caller
  readonly #hosted: Hosted
  readonly #call: Call
  readonly #keys: NestedKeys | undefined
  #log: Logger | undefined

  constructor(caller: Caller, hosted: Hosted, call: Call, db: Database, channel: Channel, act: Act | undefined) {
    this[ACT] = act
    this.#caller = caller
    this.#hosted = hosted
    this.#call = call
    this.#keys = call.key === undefined ? undefined : new NestedKeys(call.key)
    this.db = db
    this.channel = channel
  }

  client = <C extends Contract>(contract: C): Client<C> => this.#caller.client(contract, this.#call, this.#keys)

  get actor() {
    return this.#call.actor
  }

  get deadline() {
    return this.#call.deadline
  }

  get cache() {
    return this.#hosted.cache
  }

  get config() {
    return this.#hosted.config
  }

  get log() {
    const { request, trace, actor } = this.#call
    this.#log ??= this.#hosted.log.child({ request, trace: trace.traceId, user: actor?.id })
    return this.#log
  }
}

/** Whether the answer under an Idempotency-Key is stored. Otherwise a repeated request does the work again. */
export function keepsAnswers({ method, idempotent, secret }: Operation): boolean {
  return method !== 'GET' && !idempotent && !secret
}

/** Throws `forbidden` or `token_missing` unless the actor may call an operation with this access rule. */
export function authorise({ access }: Pick<Operation, 'access'>, actor: Actor | undefined): void {
  if (access === 'anyone') return
  if (access === 'internal') throw kernelErrors.forbidden()
  if (!actor) throw kernelErrors.tokenMissing()
  if (access !== 'user' && !access.some((role) => actor.roles.includes(role))) throw kernelErrors.forbidden()
}
