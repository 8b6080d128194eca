/** Growth breaks no caller, wherever it happens and in whatever order. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OpenApi, OpenApiOperation } from '@doran/gateway'
import fc from 'fast-check'
import { breakingChanges } from '../apps/server/compatibility.ts'
import { api, hasNull, isObject, isText, type Node, replace, type Side, schemas } from './present-api.ts'

/** Changes that every caller survives. Each is made in a place that a number chooses. */
const growths: Record<string, (grown: OpenApi, pick: <T>(from: T[]) => T, name: string) => void> = {
  operation: (grown, pick, name) => {
    grown.paths[`/api/v2/${name}`] = { get: structuredClone(pick(all(grown))) }
  },
  method: (grown, pick) => {
    const methods = pick(Object.values(grown.paths))
    methods.options ??= structuredClone(Object.values(methods)[0] as OpenApiOperation)
  },
  parameter: (grown, pick, name) => {
    const { parameters } = pick(all(grown))
    if (parameters.some((parameter) => parameter.name === name)) return
    parameters.push({ name, in: 'query', required: false, schema: pick(additions) as object })
  },
  field: (grown, pick, name) => addField(pick(nodes(grown, 'request').filter(isObject)), name, pick(additions)),
  replyField: (grown, pick, name) => {
    const node = pick(nodes(grown, 'reply').filter(isObject))
    if (addField(node, name, pick(additions))) node.required = [...(node.required ?? []), name]
  },
  looserBound: (grown, pick) => {
    const node = pick(nodes(grown, 'request').filter((node) => 'maxLength' in node || 'maximum' in node))
    for (const key of ['maxLength', 'maximum', 'maxItems']) if (key in node) node[key] = (node[key] as number) + 7
    for (const key of ['minLength', 'minimum', 'minItems']) if (key in node) node[key] = (node[key] as number) - 1
  },
  boundGone: (grown, pick) => {
    const node = pick(nodes(grown, 'request').filter(isText))
    for (const key of ['pattern', 'format', 'maxLength', 'minLength']) delete node[key]
  },
  patternAlternative: (grown, pick) => {
    const node = pick(nodes(grown, 'request').filter((node) => isText(node) && node.pattern))
    node.pattern += '|^other$'
  },
  replyBound: (grown, pick) => {
    const node = pick(nodes(grown, 'reply').filter((node) => 'maxLength' in node))
    node.maxLength = (node.maxLength as number) * 2
    delete node.pattern
  },
  optional: (grown, pick) => pick(nodes(grown, 'request').filter((node) => node.required?.length)).required?.pop(),
  parameterOptional: (grown, pick) => {
    for (const parameter of pick(all(grown)).parameters) parameter.required = false
  },
  enumValue: (grown, pick, name) => pick(nodes(grown, 'request').filter((node) => node.enum)).enum?.push(name),
  nullTaken: (grown, pick) => {
    const node = pick(nodes(grown, 'request').filter((node) => isText(node) && !('default' in node)))
    replace(node, { anyOf: [{ ...node }, { type: 'null' }] })
  },
  nullNoLongerAnswered: (grown, pick) => {
    const node = pick(nodes(grown, 'reply').filter(hasNull))
    node.anyOf = node.anyOf?.filter(({ type }) => type !== 'null')
  },
  anyNumber: (grown, pick) => {
    pick(nodes(grown, 'request').filter((node) => node.type === 'integer')).type = 'number'
  },
  access: (grown, pick) => {
    const operation = pick(all(grown))
    if (operation['x-roles']?.length) operation['x-roles'] = [...operation['x-roles'], 'auditor']
    else delete operation.security
  },
  words: (grown, pick, name) => {
    pick(all(grown)).summary = name
    pick(nodes(grown, 'reply')).description = name
  },
}

const additions: Node[] = [
  { type: 'string', maxLength: 20 },
  { type: 'integer', minimum: 0, default: 5 },
  { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
  { enum: ['one', 'two'] },
  { type: 'array', items: { type: 'object', required: ['deep'], properties: { deep: { type: 'string' } } } },
]

function all(grown: OpenApi): OpenApiOperation[] {
  return Object.values(grown.paths).flatMap((methods) => Object.values(methods))
}

function nodes(grown: OpenApi, side: Side): Node[] {
  return all(grown).flatMap((operation) => schemas(operation, side))
}

function addField(node: Node, name: string, schema: Node): boolean {
  if (node.properties?.[name]) return false
  node.properties = { ...node.properties, [name]: structuredClone(schema) }
  return true
}

describe('growth', () => {
  const growth = fc.record({
    kind: fc.constantFrom(...Object.keys(growths)),
    places: fc.infiniteStream(fc.nat()),
    name: fc.stringMatching(/^x[a-z]{3,8}$/),
  })

  it('never counts as a breaking change', () => {
    fc.assert(
      fc.property(fc.array(growth, { minLength: 1, maxLength: 6 }), (steps) => {
        const grown = structuredClone(api)
        for (const { kind, places, name } of steps) {
          const pick = <T>(from: T[]): T => {
            assert.ok(from.length > 0, `${kind} has no place in the API`)
            return from[places.next().value % from.length] as T
          }
          growths[kind]?.(grown, pick, name)
        }
        assert.deepEqual(breakingChanges(api, grown), [])
      }),
      { numRuns: 300 },
    )
  })
})
