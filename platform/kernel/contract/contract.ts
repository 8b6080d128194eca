/**
 * A service's contract is plain data. Routes, validation, OpenAPI, the typed client and the gateway's table derive from
 * it at run time; no code is generated.
 */
import { type Static, type TObject, type TSchema, Type } from './type.ts'
import type { UploadedFile } from './uploaded-file.ts'

export { type Static, type TObject, type TSchema, Type }

/**
 * Who may call an operation: `anyone`, any signed-in `user`, a user with one of the listed roles, or `internal`: only
 * other services, so the gateway does not route it.
 */
export type Access = 'anyone' | 'user' | 'internal' | readonly string[]

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface OperationSpec {
  /** One line for the API page. */
  readonly summary: string
  readonly access: Access
  /** Schema of the path parameters. Without it each parameter is a string of 1 to 200 characters. */
  readonly path?: TObject
  readonly query?: TObject
  /** Request headers that the operation reads, under their lower-case names. */
  readonly headers?: TObject
  /** The fields of an object join the flat input. Any other body (see {@link Raw}) arrives as `body`. */
  readonly body?: TSchema
  /** Over HTTP, one member of this name contains the body's fields: `{ "article": { … } }`. */
  readonly envelope?: string
  /** Without it the operation answers 204 with no body. */
  readonly reply?: TSchema
  /** Status of a successful answer; 200 (204 without a reply) by default. */
  readonly status?: 200 | 201 | 202 | 204
  /** Repeating it with the same input changes nothing more, so callers may retry it. */
  readonly idempotent?: boolean
  /** The reply contains a secret, so it is never stored for an `Idempotency-Key`. */
  readonly secret?: boolean
  /** A WebSocket. The service answers the HTTP upgrade itself, and the gateway passes it on. */
  readonly socket?: true
  /** Largest body in bytes; 16 kB by default, 1 MiB for an internal operation. */
  readonly bodyLimit?: number
  /** Milliseconds that a request may take, in place of `REQUEST_TIMEOUT_MS`. */
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

/** Names that an operation cannot have, because JavaScript itself reads these members of a client object. */
const RESERVED = new Set([...Object.getOwnPropertyNames(Object.prototype), 'then', 'toJSON'])

/**
 * Declares a service's operations under its name, which is also the name of its database schema. Throws for a reserved
 * operation name, and for a part of the flat input that refuses additional properties.
 */
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

/** Something that happened. It is delivered to every subscriber at least once. The name is `service.past-tense`. */
export interface Event<S extends TSchema = TSchema> {
  readonly name: string
  readonly data: S
}

/** Declares an event. `name` starts with the name of the publishing service. */
export function event<const S extends TSchema>(name: `${string}.${string}`, data: S): Event<S> {
  return { name, data }
}

/** A text body or reply that is not JSON, for example `Raw('text/csv')`. */
export function Raw(mediaType: string) {
  return Type.Unsafe<string>({ type: 'string', contentMediaType: mediaType })
}

/**
 * The body of a public operation is a file, read as bytes. Its size is bounded by `bodyLimit`, and a process holds a
 * limited number of such bodies at a time. The API description names the first media type.
 */
export function Upload(mediaType: string, ...others: string[]) {
  return Type.Unsafe<UploadedFile>({ type: 'string', contentMediaType: mediaType, uploaded: [mediaType, ...others] })
}

/** The media types of a body schema made by {@link Upload}, or undefined for any other schema. */
export function uploadTypesOf(schema: TSchema | undefined): string[] | undefined {
  return (schema as { uploaded?: string[] } | undefined)?.uploaded
}

/** A reply that is streamed in chunks and never held in memory as a whole, for example a large CSV export. */
export function Streamed(mediaType: string) {
  return Type.Unsafe<AsyncIterable<string>>({ type: 'string', contentMediaType: mediaType, streamed: true })
}

/** The media type of a schema made by {@link Raw} or {@link Streamed}, or undefined for any other schema. */
export function mediaTypeOf(schema: TSchema | undefined): string | undefined {
  return (schema as { contentMediaType?: string } | undefined)?.contentMediaType
}

/** Whether a reply is streamed in chunks. */
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

/** The flat input that a caller passes: query parameters with a default are optional. */
export type CallInput<Op> =
  Op extends Operation<infer _P, infer S>
    ? S['query'] extends TSchema
      ? Simplify<
          Omit<Input<Op>, Defaulted<S['query']>> & Partial<Pick<Input<Op>, Defaulted<S['query']> & keyof Input<Op>>>
        >
      : Input<Op>
    : never

/** The reply of an operation; `void` when it declares none. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a reply returns nothing
export type Reply<Op> = Op extends { reply: infer T extends TSchema } ? Static<T> : void

/** Calls the operations of another service: one function for each, with flat input and typed reply. */
export type Client<C extends Contract> = {
  readonly [K in keyof C['operations']]: object extends CallInput<C['operations'][K]>
    ? (input?: CallInput<C['operations'][K]>, options?: CallOptions) => Promise<Reply<C['operations'][K]>>
    : (input: CallInput<C['operations'][K]>, options?: CallOptions) => Promise<Reply<C['operations'][K]>>
}

export interface CallOptions {
  /** Milliseconds that the call may take. It only shortens the deadline inherited from the caller. */
  timeout?: number
  /** Replaces the idempotency key that is derived from the caller's key. */
  key?: string
}
