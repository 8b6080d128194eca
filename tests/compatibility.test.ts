/**
 * The present API keeps what was accepted, and the check that says so finds every kind of breaking change at every
 * place of the real API where it can be made.
 */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { OpenApi, OpenApiOperation } from '@doran/gateway'
import fc from 'fast-check'
import {
  acceptCommand,
  acceptedApi,
  breakingChanges,
  compatibility,
  isSameApi,
  NOTICE_DAYS,
  presentApi,
  refusal,
} from '../apps/server/compatibility.ts'

const api = presentApi()
const operations = Object.entries(api.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

type Node = Record<string, unknown> & {
  type?: string
  properties?: Record<string, Node>
  required?: string[]
  anyOf?: Node[]
  enum?: unknown[]
  items?: Node
}
type Side = 'request' | 'reply'

/** The API with this operation alone. */
function only(path: string, method: string, operation: OpenApiOperation): OpenApi {
  return { ...api, paths: { [path]: { [method]: operation } } }
}

function contents(operation: OpenApiOperation, side: Side): Record<string, { schema: Node }>[] {
  const replies = Object.values(operation.responses as Record<string, { content?: object }>)
  const all = side === 'request' ? [operation.requestBody?.content] : replies.map(({ content }) => content)
  return all.filter((content) => content !== undefined) as Record<string, { schema: Node }>[]
}

/** Every schema on one side of an operation, outer ones first. */
function schemas(operation: OpenApiOperation, side: Side): Node[] {
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

function replace(node: Node, other: Node): void {
  for (const key of Object.keys(node)) delete node[key]
  Object.assign(node, other)
}

function optionalField(node: Node): string | undefined {
  const names = Object.keys(node.properties ?? {})
  return names.find((name) => !node.required?.includes(name) && !('default' in (node.properties?.[name] ?? {})))
}

const isObject = (node: Node) => node.properties !== undefined
const isNumber = (node: Node) => node.type === 'integer' || node.type === 'number'
const isText = (node: Node) => node.type === 'string' && !('contentMediaType' in node) && !('const' in node)
const hasNull = (node: Node) => node.anyOf?.some(({ type }) => type === 'null') === true

/** What breaks a schema: where it can be done, how, and what is said of it. */
interface SchemaBreak {
  name: string
  side: Side
  applies: (node: Node) => unknown
  apply: (node: Node) => void
  says: RegExp
}

const bound = (name: string, by: number): SchemaBreak => ({
  name: `${name} is ${by > 0 ? 'raised' : 'lowered'}`,
  side: 'request',
  applies: (node) => typeof node[name] === 'number',
  apply: (node) => {
    node[name] = (node[name] as number) + by
  },
  says: new RegExp(` has ${name} -?\\d+ now, had -?\\d+`),
})

const schemaBreaks: SchemaBreak[] = [
  bound('minimum', 1),
  bound('maximum', -1),
  bound('minLength', 1),
  bound('maxLength', -1),
  bound('minItems', 1),
  bound('maxItems', -1),
  {
    name: 'a maximum is new',
    side: 'request',
    applies: (node) => isNumber(node) && node.maximum === undefined,
    apply: (node) => {
      node.maximum = 10
    },
    says: / has maximum 10 now, had none/,
  },
  {
    name: 'a pattern is new or another one',
    side: 'request',
    applies: isText,
    apply: (node) => {
      node.pattern = '^a+$'
    },
    says: / has pattern \^a\+\$ now, had /,
  },
  {
    name: 'a format is new or another one',
    side: 'request',
    applies: isText,
    apply: (node) => {
      node.format = 'ipv4'
    },
    says: / has format ipv4 now, had /,
  },
  {
    name: 'an array must be without repetition',
    side: 'request',
    applies: (node) => node.type === 'array' && !node.uniqueItems,
    apply: (node) => {
      node.uniqueItems = true
    },
    says: / has uniqueItems true now, had none/,
  },
  {
    name: 'text becomes a number',
    side: 'request',
    applies: isText,
    apply: (node) => replace(node, { type: 'integer' }),
    says: / is integer now, was string| no longer takes string/,
  },
  {
    name: 'a value of an enum is no longer taken',
    side: 'request',
    applies: (node) => node.enum,
    apply: (node) => node.enum?.pop(),
    says: / no longer takes "/,
  },
  {
    name: 'a constant is another one',
    side: 'request',
    applies: (node) => 'const' in node,
    apply: (node) => {
      node.const = 'another'
    },
    says: / now, was | no longer takes /,
  },
  {
    name: 'null is no longer taken',
    side: 'request',
    applies: hasNull,
    apply: (node) => {
      node.anyOf = node.anyOf?.filter(({ type }) => type !== 'null')
    },
    says: / no longer takes null/,
  },
  {
    name: 'a default is another one',
    side: 'request',
    applies: (node) => 'default' in node,
    apply: (node) => {
      node.default = 'another'
    },
    says: / has the default "another" now, had /,
  },
  {
    name: 'a field becomes required',
    side: 'request',
    applies: optionalField,
    apply: (node) => {
      node.required = [...(node.required ?? []), optionalField(node) as string]
    },
    says: /\.\w+ is required now/,
  },
  {
    name: 'a field is new and required',
    side: 'request',
    applies: isObject,
    apply: (node) => {
      node.properties = { ...node.properties, novelty: { type: 'string' } }
      node.required = [...(node.required ?? []), 'novelty']
    },
    says: /\.novelty is new and required now/,
  },
  {
    name: 'a field is no longer read',
    side: 'request',
    applies: (node) => isObject(node) && Object.keys(node.properties ?? {}).length > 0,
    apply: (node) => {
      const name = Object.keys(node.properties ?? {})[0] as string
      delete node.properties?.[name]
      node.required = node.required?.filter((required) => required !== name)
    },
    says: / is no longer read/,
  },
  {
    name: 'other fields are refused',
    side: 'request',
    applies: (node) => isObject(node) && node.additionalProperties === undefined,
    apply: (node) => {
      node.additionalProperties = false
    },
    says: / has no other fields any more/,
  },
  {
    name: 'a rule that cannot be compared is new',
    side: 'request',
    applies: () => true,
    apply: (node) => {
      node.not = {}
    },
    says: / changed its not, which cannot be compared| no longer takes "/,
  },
  {
    name: 'a field is gone',
    side: 'reply',
    applies: (node) => isObject(node) && Object.keys(node.properties ?? {}).length > 0,
    apply: (node) => {
      const name = Object.keys(node.properties ?? {})[0] as string
      delete node.properties?.[name]
      node.required = node.required?.filter((required) => required !== name)
    },
    says: /\.\w+ is gone/,
  },
  {
    name: 'a field may be missing',
    side: 'reply',
    applies: (node) => (node.required?.length ?? 0) > 0,
    apply: (node) => node.required?.shift(),
    says: /\.\w+ may be missing now/,
  },
  {
    name: 'a value may be null',
    side: 'reply',
    applies: (node) => node.type !== 'null' && !hasNull(node) && isPlain(node) && Object.keys(node).length > 0,
    apply: (node) => replace(node, { anyOf: [{ ...node }, { type: 'null' }] }),
    says: / may be null now/,
  },
  {
    name: 'text becomes a number',
    side: 'reply',
    applies: isText,
    apply: (node) => replace(node, { type: 'integer' }),
    says: / is integer now, was string| may be integer now/,
  },
  {
    name: 'a whole number becomes any number',
    side: 'reply',
    applies: (node) => node.type === 'integer',
    apply: (node) => {
      node.type = 'number'
    },
    says: / is number now, was integer| may be number now/,
  },
  {
    name: 'an enum has a value more',
    side: 'reply',
    applies: (node) => node.enum,
    apply: (node) => node.enum?.push('another'),
    says: / may be "another" now/,
  },
  {
    name: 'an enum becomes any text',
    side: 'reply',
    applies: (node) => node.enum,
    apply: (node) => replace(node, { type: 'string' }),
    says: / may be string now| is string now/,
  },
  {
    name: 'a format is gone',
    side: 'reply',
    applies: (node) => node.format,
    apply: (node) => {
      delete node.format
    },
    says: / has the format none now, had /,
  },
]

/** A branch of a nullable value is nullable already. */
const nullableBranches = new Set(
  operations.flatMap(({ operation }) =>
    schemas(operation, 'reply').flatMap((node) => (hasNull(node) ? (node.anyOf ?? []) : [])),
  ),
)
function isPlain(node: Node): boolean {
  return !nullableBranches.has(node)
}

/** What breaks an operation as a whole. */
interface OperationBreak {
  name: string
  applies?: (operation: OpenApiOperation) => unknown
  apply: (operation: OpenApiOperation) => void
  says: RegExp
}

const operationBreaks: OperationBreak[] = [
  {
    name: 'a parameter is new and required',
    apply: ({ parameters }) => {
      parameters.push({ name: 'novelty', in: 'query', required: true, schema: { type: 'string' } as object })
    },
    says: /: query\.novelty is new and required/,
  },
  {
    name: 'a parameter becomes required',
    applies: ({ parameters }) => parameters.some(({ required }) => !required),
    apply: ({ parameters }) => {
      for (const parameter of parameters) parameter.required = true
    },
    says: /: (query|header)\.[\w-]+ is required now/,
  },
  {
    name: 'a parameter is no longer read',
    applies: ({ parameters }) => parameters.length > 0,
    apply: ({ parameters }) => {
      parameters.pop()
    },
    says: /: (path|query|header)\.[\w-]+ is no longer read/,
  },
  {
    name: 'a body is needed',
    applies: ({ requestBody }) => !requestBody,
    apply: (operation) => {
      operation.requestBody = {
        required: true,
        content: { 'application/json': { schema: { type: 'object' } as object } },
      }
    },
    says: /: a request body is new and required/,
  },
  {
    name: 'the body is no longer read',
    applies: ({ requestBody }) => requestBody,
    apply: (operation) => {
      delete operation.requestBody
    },
    says: /: the request body is no longer read/,
  },
  {
    name: 'the body has another media type',
    applies: ({ requestBody }) => requestBody,
    apply: (operation) => moveContent(contents(operation, 'request')),
    says: /: the request was [\w/]+, now text\/x-other/,
  },
  {
    name: 'the reply has another media type',
    applies: (operation) => contents(operation, 'reply').length > 0,
    apply: (operation) => moveContent(contents(operation, 'reply')),
    says: /: the reply was [\w/]+, now text\/x-other/,
  },
  {
    name: 'the reply is empty',
    applies: (operation) => contents(operation, 'reply').length > 0,
    apply: ({ responses }) => {
      for (const reply of Object.values(responses as Record<string, { content?: object }>)) delete reply.content
    },
    says: /: the reply was [\w/]+, now empty/,
  },
  {
    name: 'success has another status',
    apply: (operation) => {
      const [status, reply] = Object.entries(operation.responses)[0] as [string, object]
      delete operation.responses[status]
      operation.responses['206'] = reply
    },
    says: /: it answered 20\d, now 206/,
  },
  {
    name: 'failures have another form',
    apply: ({ responses }) => {
      responses.default = { $ref: '#/components/responses/Other' }
    },
    says: /: the answer default has another form/,
  },
  {
    name: 'a caller must sign in',
    applies: ({ security }) => !security,
    apply: (operation) => Object.assign(operation, { security: [{ token: [] }], 'x-roles': [] }),
    says: /: anyone could call it, now a signed-in user may/,
  },
  {
    name: 'a caller needs a role',
    applies: (operation) => operation['x-roles']?.length === 0,
    apply: (operation) => Object.assign(operation, { 'x-roles': ['admin'] }),
    says: /: every signed-in user could call it, now admin may/,
  },
  {
    name: 'a role may no longer call it',
    applies: (operation) => operation['x-roles']?.length,
    apply: (operation) =>
      Object.assign(operation, { 'x-roles': ['auditor', ...(operation['x-roles'] ?? []).slice(1)] }),
    says: /: the role (admin|seller) may no longer call it/,
  },
]

function moveContent([content]: Record<string, unknown>[]): void {
  const [mediaType, described] = Object.entries(content as object)[0] as [string, unknown]
  delete (content as Record<string, unknown>)[mediaType]
  Object.assign(content as object, { 'text/x-other': described })
}

describe('the public API', () => {
  it('keeps what was accepted', async () => {
    const broken = breakingChanges(await acceptedApi(), api)

    assert.ok(broken.length === 0, refusal(broken))
  })

  it('is written down in docs/openapi.json', async () => {
    assert.ok(isSameApi(await acceptedApi(), api), `docs/openapi.json is not the present API. Run: ${acceptCommand}`)
  })
})

describe('a breaking change', () => {
  it('is none where nothing changed', () => {
    assert.deepEqual(breakingChanges(api, structuredClone(api)), [])
  })

  it('is found when an operation is gone', () => {
    for (const { path, method } of operations) {
      const after = structuredClone(api)
      delete after.paths[path]?.[method]

      assert.deepEqual(breakingChanges(api, after), [`${method.toUpperCase()} ${path}: the operation is gone.`])
    }
  })

  for (const { name, applies = () => true, apply, says } of operationBreaks) {
    it(`is found wherever ${name}`, () => {
      const places = operations.filter(({ operation }) => applies(operation))

      assert.ok(places.length > 0)
      for (const { path, method, operation } of places) {
        const after = structuredClone(operation)
        apply(after)
        const [sentence] = breakingChanges(only(path, method, operation), only(path, method, after))
        assert.ok(sentence?.startsWith(`${method.toUpperCase()} ${path}: `) && sentence.match(says), sentence)
      }
    })
  }

  for (const { name, side, applies, apply, says } of schemaBreaks) {
    it(`is found in a ${side} wherever ${name}`, () => {
      let places = 0

      for (const { path, method, operation } of operations) {
        for (const [index, node] of schemas(operation, side).entries()) {
          if (!applies(node)) continue
          const after = structuredClone(operation)
          apply(schemas(after, side)[index] as Node)
          const found = breakingChanges(only(path, method, operation), only(path, method, after))
          assert.ok(
            found.some((sentence) => says.test(sentence)),
            `${method} ${path}, ${JSON.stringify(node)}: ${found}`,
          )
          places++
        }
      }
      assert.ok(places > 0)
    })
  }

  it('is found in the form of a problem', () => {
    const after = structuredClone(api)
    const { schemas } = after.components as { schemas: { Problem: { properties: Record<string, Node> } } }
    delete schemas.Problem.properties.code

    assert.deepEqual(breakingChanges(api, after), ['Every operation: Problem.code is gone.'])
  })
})

describe('the end of an operation', () => {
  const today = new Date('2027-01-01T12:00:00Z')
  const { path, method, operation } = operations[0] as (typeof operations)[number]
  const until = (date: string) => only(path, method, { ...operation, summary: `Until ${date}: ${operation.summary}` })
  const endless = only(path, method, operation)
  const gone = { ...api, paths: {} }

  it('may be announced in time, moved away and taken back', () => {
    assert.equal(NOTICE_DAYS, 180)
    assert.deepEqual(breakingChanges(endless, until('2027-06-30'), today), [])
    assert.deepEqual(breakingChanges(until('2027-06-30'), until('2027-07-31'), today), [])
    assert.deepEqual(breakingChanges(until('2027-06-30'), endless, today), [])
  })

  it('allows its removal from its day on', () => {
    assert.deepEqual(breakingChanges(until('2027-01-01'), gone, today), [])
  })

  it('allows nothing before its day', () => {
    const [sentence] = breakingChanges(until('2027-01-02'), gone, today)

    assert.match(sentence as string, /the operation is gone and was promised until 2027-01-02\.$/)
  })

  it('cannot be announced at short notice or moved nearer', () => {
    const soon = breakingChanges(endless, until('2027-06-29'), today)
    const nearer = breakingChanges(until('2027-03-02'), until('2027-03-01'), today)

    assert.match(soon.join(), /it may not end on 2027-06-29, before 2027-06-30\.$/)
    assert.match(nearer.join(), /it may not end on 2027-03-01, before 2027-03-02\.$/)
  })

  it('needs an announcement of the exact form', () => {
    const vague = only(path, method, { ...operation, summary: 'Until spring 2026: sign in' })

    assert.equal(breakingChanges(vague, gone, today).length, 1)
  })
})

/** Changes that every caller survives, each made at the place that a number picks. */
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

  it('is never taken for a breaking change', () => {
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

describe('the command', () => {
  async function withFile(change: (accepted: OpenApi) => void, test: (file: URL) => Promise<void>): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'doran-api-'))
    const file = pathToFileURL(join(directory, 'openapi.json'))
    try {
      const accepted = presentApi()
      change(accepted)
      await writeFile(file, JSON.stringify(accepted))
      await test(file)
    } finally {
      await rm(directory, { recursive: true })
    }
  }

  const withoutOrders = (accepted: OpenApi) => {
    delete accepted.paths['/api/orders']
  }
  const withMore = (accepted: OpenApi) => {
    accepted.paths['/api/old'] = { get: structuredClone((operations[0] as (typeof operations)[number]).operation) }
  }

  it('accepts growth and then has nothing to say', async () => {
    await withFile(withoutOrders, async (file) => {
      const before = await compatibility([], file)
      const accepted = await compatibility(['--accept'], file)
      const after = await compatibility([], file)

      assert.deepEqual(before, {
        ok: true,
        text: `The API has changed and breaks nothing. Accept it: ${acceptCommand}`,
      })
      assert.equal(accepted.ok, true)
      assert.deepEqual(after, { ok: true, text: 'The API is the accepted one.' })
      assert.ok(isSameApi(await acceptedApi(file), api))
    })
  })

  it('asks for nothing when only the release is another', async () => {
    const release = (accepted: OpenApi) => {
      accepted.info.version = '0.0.1'
    }
    await withFile(release, async (file) => {
      assert.deepEqual(await compatibility([], file), { ok: true, text: 'The API is the accepted one.' })
    })
  })

  it('refuses to accept what breaks, and leaves the file as it was', async () => {
    await withFile(withMore, async (file) => {
      const before = await readFile(file, 'utf8')
      const { ok, text } = await compatibility(['--accept'], file)

      assert.equal(ok, false)
      assert.match(text, /^- GET \/api\/old: the operation is gone\.$/m)
      assert.match(text, /under \/v2\//)
      assert.equal(await readFile(file, 'utf8'), before)
    })
  })

  it('refuses an option that it does not know', async () => {
    assert.match((await compatibility(['--force'])).text, /^Unknown: --force\. Give --accept/)
    assert.equal((await compatibility(['--accept', 'all'])).ok, false)
  })
})
