/**
 * Builds the flat input of an operation: path, query, headers and body in one object, as the contract declares them.
 */
import { isFlat, type Operation, type TObject, uploadTypesOf } from './contract.ts'
import { readDeclared } from './declared.ts'
import { Type } from './type.ts'

/** Largest body of a public operation in bytes, unless the operation sets its own limit. */
export const BODY_LIMIT = 16_384
/** Largest body of an internal operation in bytes, unless the operation sets its own limit. */
export const INTERNAL_BODY_LIMIT = 1_048_576

/** Parts of a request, as Fastify parsed them. */
export interface RequestParts {
  readonly params: unknown
  readonly query: unknown
  readonly headers: object
  readonly body: unknown
}

/** Largest body of the operation in bytes. */
export function bodyLimitOf({ bodyLimit, access }: Operation): number {
  return bodyLimit ?? (access === 'internal' ? INTERNAL_BODY_LIMIT : BODY_LIMIT)
}

/**
 * Reads the input of an HTTP request. The path takes precedence over headers (Doran itself sets some of them), then
 * comes the query, then the body. Each part contributes only what its own schema declares.
 */
export function inputOfRequest(operation: Operation, { params, query, headers, body }: RequestParts): object {
  const { envelope } = operation
  const sent = envelope ? (body as Record<string, unknown> | null | undefined)?.[envelope] : body
  return {
    ...bodyPart(operation, sent),
    ...part(operation.query, query, 'coercing'),
    ...part(operation.headers, headers, 'coercing'),
    ...part(pathOf(operation), params, 'coercing'),
  }
}

/** Reads the input of a call from another service. A body that is not flat is in `body`. */
export function inputOfCall(operation: Operation, input: Record<string, unknown>): object {
  const { body, query, headers } = operation
  return {
    ...(body && bodyPart(operation, isFlat(body) ? input : input.body)),
    ...part(query, input),
    ...part(headers, input),
    ...part(pathOf(operation), input),
  }
}

function bodyPart({ body: schema }: Operation, sent: unknown): object | undefined {
  if (!schema) return undefined
  if (uploadTypesOf(schema)) return { body: sent }
  if (isFlat(schema)) return readDeclared(schema, sent ?? {}) as object
  return { body: readDeclared(schema, sent) }
}

function part(schema: TObject | undefined, from: unknown, mode?: 'coercing'): object | undefined {
  return schema && (readDeclared(schema, from, mode) as object)
}

const paths = new WeakMap<Operation, TObject>()

/** The declared path schema, or one in which each parameter is a string of 1 to 200 characters. */
function pathOf(operation: Operation): TObject {
  let path = operation.path ?? paths.get(operation)
  if (!path) {
    const names = [...(operation.route as string).matchAll(/:(\w+)/g)].map(([, name]) => name as string)
    const parameter = Type.String({ minLength: 1, maxLength: 200 })
    path = Type.Object(Object.fromEntries(names.map((name) => [name, parameter])))
    paths.set(operation, path)
  }
  return path
}
