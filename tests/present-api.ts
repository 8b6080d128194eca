/** The present API, and the places in it that a test can change. */
import type { OpenApi, OpenApiOperation } from '@doran/gateway'
import { presentApi } from '../apps/server/compatibility.ts'

export const api = presentApi()
export const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

export type Node = Record<string, unknown> & {
  type?: string
  properties?: Record<string, Node>
  required?: string[]
  anyOf?: Node[]
  enum?: unknown[]
  items?: Node
}
export type Side = 'request' | 'reply'

/** Returns the API with only this operation. */
export function only(path: string, method: string, operation: OpenApiOperation): OpenApi {
  return { ...api, paths: { [path]: { [method]: operation } } }
}

export function contents(operation: OpenApiOperation, side: Side): Record<string, { schema: Node }>[] {
  const replies = Object.values(operation.responses as Record<string, { content?: object }>)
  const all = side === 'request' ? [operation.requestBody?.content] : replies.map(({ content }) => content)
  return all.filter((content) => content !== undefined) as Record<string, { schema: Node }>[]
}

/** Returns every schema on one side of an operation, outer ones first. */
export function schemas(operation: OpenApiOperation, side: Side): Node[] {
  const parameters = side === 'request' ? operation.parameters.map(({ schema }) => schema as Node) : []
  const bodies = contents(operation, side).flatMap((content) => Object.values(content).map(({ schema }) => schema))
  return [...parameters, ...bodies].flatMap(within)
}

function within(node: Node): Node[] {
  return [
    node,
    ...[...Object.values(node.properties ?? {}), ...(node.anyOf ?? []), ...list(node.items)].flatMap(within),
  ]
}

function list<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value]
}

export function replace(node: Node, other: Node): void {
  for (const key of Object.keys(node)) delete node[key]
  Object.assign(node, other)
}

export const isObject = (node: Node) => node.properties !== undefined
export const isNumber = (node: Node) => node.type === 'integer' || node.type === 'number'
export const isText = (node: Node) => node.type === 'string' && !('contentMediaType' in node) && !('const' in node)
export const hasNull = (node: Node) => node.anyOf?.some(({ type }) => type === 'null') === true
