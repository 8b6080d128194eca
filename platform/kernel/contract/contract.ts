/**
 * A service's contract is plain data. Routes, validation, OpenAPI, the typed client and the gateway's table
 * are all derived from it; nothing is generated.
 */
import { type Static, type TObject, type TSchema, Type } from './type.ts'
import type { UploadedFile } from './uploaded-file.ts'

export { type Static, type TObject, type TSchema, Type }

/**
 * Who may call an operation: `anyone`, any signed-in `user`, a user who holds one of the listed roles, or
 * `internal`: only other services, never routed by the gateway.
 */
export type Access = 'anyone' | 'user' | 'internal' | readonly string[]

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface OperationSpec {
  /** One line for the API page. */
  readonly summary: string
  readonly access: Access
  /** Schema of the path parameters. Without it each is a string of 1 to 200 characters. */
  readonly path?: TObject
  readonly query?: TObject
  /** Request headers that the operation reads, by their lower-case names. */
  readonly headers?: TObject
  /** An object's fields join the flat input; any other body (see {@link Raw}) arrives as `body`. */
  readonly body?: TSchema
  /** Over HTTP the body's fields stand within one member of this name: `{ "article": { … } }`. */
  readonly envelope?: string
  /** Without it the operation answers 204 with no body. */
  readonly reply?: TSchema
  /** Status of a successful answer; 200 (204 without a reply) by default. */
  readonly status?: 200 | 201 | 202 | 204
  /** Running it again with the same input changes nothing more: callers may retry it. */
  readonly idempotent?: boolean
  /** The reply holds a secret, so it is never kept for an `Idempotency-Key`. */
  readonly secret?: boolean
  /** A WebSocket: the service answers the upgrade of its HTTP server itself, the gateway passes it on. */
  readonly socket?: true
  /** Largest body in bytes; 16 kB by default, 1 MiB of an internal operation. */
  readonly bodyLimit?: number
  /** Milliseconds that a request has, where `REQUEST_TIMEOUT_MS` does not fit. */
  readonly timeout?: number
}

export type Operation<P extends string = string, S extends OperationSpec = OperationSpec> = S & {
  readonly method: Method
  /** Below `/api`, with `:name` for parameters. */
  readonly route: P
}

// biome-ignore lint/suspicious/noExplicitAny: stands for every operation, whatever its schemas
export type Operations = Readonly<Record<string, Operation<any, any>>>

export interface Contract<Name extends string = string, Ops extends Operations = Operations> {
  readonly name: Name
  readonly operations: Ops
}

/** Names that a client made of operations cannot have: the language itself asks objects for them. */
const RESERVED = new Set([...Object.getOwnPropertyNames(Object.prototype), 'then', 'toJSON'])

/** Declares a service's operations under its name, which is also its database schema. */
export function contract<const Name extends string, const Ops extends Operations>(
  name: Name,
  operations: Ops,
): Contract<Name, Ops> {
  for (const [key, operation] of Object.entries(operations)) {
    if (RESERVED.has(key)) throw new Error(`${name}.${key}: the language gives this name a meaning; choose another`)
    for (const part of [operation.path, operation.query, operation.headers, operation.body]) {
      if (part?.additionalProperties === false) {
        throw new Error(`${name}.${key}: a part of the flat input cannot refuse additional properties`)
      }
    }
  }
  return { name, operations }
}

export const get = operation('GET')
export const post = operation('POST')
export const put = operation('PUT')
export const patch = operation('PATCH')
export const del = operation('DELETE')

function operation(method: Method) {
  return <const P extends string, const S extends OperationSpec>(route: P, spec: S): Operation<P, S> => ({
    ...spec,
    method,
    route,
  })
}

/** Something that happened, told to every subscriber at least once. The name is `service.past-tense`. */
export interface Event<S extends TSchema = TSchema> {
  readonly name: string
  readonly data: S
}

/** Declares an event; `name` starts with the name of the service that publishes it. */
export function event<const S extends TSchema>(name: `${string}.${string}`, data: S): Event<S> {
  return { name, data }
}

/** A text body or reply that is not JSON, for example `Raw('text/csv')`. */
export function Raw(mediaType: string) {
  return Type.Unsafe<string>({ type: 'string', contentMediaType: mediaType })
}

/**
 * A file as the body of a public operation, as bytes: a `bodyLimit` bounds it, and a process holds only so many of them
 * at a time. The first media type is the one that the API's description names.
 */
export function Upload(mediaType: string, ...others: string[]) {
  return Type.Unsafe<UploadedFile>({ type: 'string', contentMediaType: mediaType, uploaded: [mediaType, ...others] })
}

/** The media types of a body made by {@link Upload}, else undefined. */
export function uploadTypesOf(schema: TSchema | undefined): string[] | undefined {
  return (schema as { uploaded?: string[] } | undefined)?.uploaded
}

/** A reply sent piece by piece without being held in memory, for example a large CSV export. */
export function Streamed(mediaType: string) {
  return Type.Unsafe<AsyncIterable<string>>({ type: 'string', contentMediaType: mediaType, streamed: true })
}

/** Body or reply schemas made by {@link Raw} or {@link Streamed}: their media type, else undefined. */
export function mediaTypeOf(schema: TSchema | undefined): string | undefined {
  return (schema as { contentMediaType?: string } | undefined)?.contentMediaType
}

/** Whether a reply is sent piece by piece. */
export function isStreamed(schema: TSchema | undefined): boolean {
  return (schema as { streamed?: boolean } | undefined)?.streamed === true
}

/** Whether the fields of this body join the flat input. */
export function isFlat(body: TSchema): boolean {
  return (body as { type?: string }).type === 'object'
}

// -- Types inferred from a contract

type PathNames<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | PathNames<`/${Rest}`>
  : P extends `${string}:${infer Name}`
    ? Name
    : never

type Part<T> = T extends TSchema ? Static<T> : unknown
type BodyPart<T> = T extends TSchema
  ? Static<T> extends string | readonly unknown[] | UploadedFile
    ? { body: Static<T> }
    : Static<T>
  : unknown
type Simplify<T> = { [K in keyof T]: T[K] } & {}

/** The flat input of an operation: path, query, headers and body in one object. */
export type Input<Op> =
  Op extends Operation<infer P, infer S>
    ? Simplify<
        (S['path'] extends TSchema ? Static<S['path']> : Record<PathNames<P>, string>) &
          Part<S['query']> &
          Part<S['headers']> &
          BodyPart<S['body']>
      >
    : never

/** Names of the members that have a default. */
type Defaulted<T> = T extends { properties: infer P }
  ? { [K in keyof P]: P[K] extends { readonly default: unknown } ? K : never }[keyof P]
  : never

/** The flat input as a caller gives it: parameters of the query that have a default may be left out. */
export type CallInput<Op> =
  Op extends Operation<infer _P, infer S>
    ? S['query'] extends TSchema
      ? Simplify<
          Omit<Input<Op>, Defaulted<S['query']>> & Partial<Pick<Input<Op>, Defaulted<S['query']> & keyof Input<Op>>>
        >
      : Input<Op>
    : never

/** What an operation answers; `void` when it declares no reply. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a reply returns nothing
export type Reply<Op> = Op extends { reply: infer T extends TSchema } ? Static<T> : void

/** How another service's operations are called: one function each, flat input, typed reply. */
export type Client<C extends Contract> = {
  readonly [K in keyof C['operations']]: object extends CallInput<C['operations'][K]>
    ? (input?: CallInput<C['operations'][K]>, options?: CallOptions) => Promise<Reply<C['operations'][K]>>
    : (input: CallInput<C['operations'][K]>, options?: CallOptions) => Promise<Reply<C['operations'][K]>>
}

export interface CallOptions {
  /** Shortens the deadline inherited from the caller; milliseconds. */
  timeout?: number
  /** Replaces the idempotency key derived from the caller's. */
  key?: string
}
