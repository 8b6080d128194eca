/**
 * The public API only grows: `docs/openapi.json` holds the accepted API, and what it promises stays.
 *
 *     npm exec -- node apps/server/compatibility.ts    # lists what breaks; exit 1 if something does
 *     npm run accept:api                               # writes the present API and events, if nothing breaks
 *
 * Every request that was accepted must still be accepted. Every reply that can be sent must have been possible before.
 * See docs/decisions/0008-the-public-api-only-grows.md.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { type OpenApi, type OpenApiOperation, openApi } from '@doran/gateway'
import { validate } from '@doran/kernel'
import { services } from './services.ts'
import { version } from './version.ts'

export const acceptedFile = new URL('../../docs/openapi.json', import.meta.url)
export const acceptCommand = 'npm run accept:api'

/** Days for which an operation stays after the first release that announces its end. */
export const NOTICE_DAYS = 180

/** Returns the API that the contracts describe now. */
export function presentApi(): OpenApi {
  return JSON.parse(JSON.stringify(openApi(services, { version })))
}

export async function acceptedApi(file = acceptedFile): Promise<OpenApi> {
  return JSON.parse(await readFile(file, 'utf8'))
}

/** Whether both describe the same API, whichever releases wrote the descriptions. */
export function isSameApi(a: OpenApi, b: OpenApi): boolean {
  return isDeepStrictEqual({ ...a, info: { ...a.info, version: '' } }, { ...b, info: { ...b.info, version: '' } })
}

/** Returns a sentence for each thing that a caller of `before` could rely on and that `after` breaks. */
export function breakingChanges(before: OpenApi, after: OpenApi, today = new Date()): string[] {
  const found: string[] = []
  for (const [path, methods] of Object.entries(before.paths)) {
    for (const [method, was] of Object.entries(methods)) {
      const problems = operationProblems(was, after.paths[path]?.[method], today)
      found.push(...problems.map((problem) => `${method.toUpperCase()} ${path}: ${problem}.`))
    }
  }
  const schemas = { before: namedSchemas(before), after: namedSchemas(after) }
  for (const [name, was] of Object.entries(schemas.before)) {
    const problems = schemaProblems(was, schemas.after[name] ?? {}, 'reply', name)
    found.push(...problems.map((problem) => `Every operation: ${problem}.`))
  }
  return found
}

// -- Operations

function operationProblems(was: OpenApiOperation, is: OpenApiOperation | undefined, today: Date): string[] {
  const end = endOf(was)
  if (end && end <= day(today)) return []
  if (!is) return [`the operation is gone${end ? ` and was promised until ${end}` : ''}`]
  return [
    ...endProblems(end, endOf(is), today),
    ...accessProblems(was, is),
    ...parameterProblems(was, is),
    ...bodyProblems(was.requestBody, is.requestBody),
    ...replyProblems(was.responses as Responses, is.responses as Responses),
  ]
}

/**
 * Returns the day that the summary announces first, as in "Until 2027-03-31: …". From that day on nothing is promised.
 */
function endOf({ summary }: OpenApiOperation): string | undefined {
  return /^Until (\d{4}-\d{2}-\d{2}): /.exec(summary)?.[1]
}

function endProblems(promised: string | undefined, announced: string | undefined, today: Date): string[] {
  const earliest = promised ?? day(new Date(today.getTime() + NOTICE_DAYS * 86_400_000))
  return announced && announced < earliest ? [`it may not end on ${announced}, before ${earliest}`] : []
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}

function accessProblems(was: OpenApiOperation, is: OpenApiOperation): string[] {
  if (!is.security) return []
  const roles = is['x-roles'] ?? []
  if (!was.security) return [`anyone could call it, now ${roles.join(' or ') || 'a signed-in user'} may`]
  if (roles.length === 0) return []
  const former = was['x-roles'] ?? []
  if (former.length === 0) return [`every signed-in user could call it, now ${roles.join(' or ')} may`]
  return former.filter((role) => !roles.includes(role)).map((role) => `the role ${role} may no longer call it`)
}

function parameterProblems(was: OpenApiOperation, is: OpenApiOperation): string[] {
  const before = new Map(was.parameters.map((parameter) => [nameOf(parameter), parameter]))
  const after = new Map(is.parameters.map((parameter) => [nameOf(parameter), parameter]))
  return [
    ...[...before].flatMap(([name, parameter]) => {
      const present = after.get(name)
      if (!present) return [`${name} is no longer read`]
      return [
        ...(present.required && !parameter.required ? [`${name} is required now`] : []),
        ...schemaProblems(parameter.schema as Schema, present.schema as Schema, 'request', name),
      ]
    }),
    ...[...after]
      .filter(([name, { required }]) => required && !before.has(name))
      .map(([name]) => `${name} is new and required`),
  ]
}

function nameOf({ in: place, name }: OpenApiOperation['parameters'][number]): string {
  return `${place}.${place === 'header' ? name.toLowerCase() : name}`
}

function bodyProblems(was: OpenApiOperation['requestBody'], is: OpenApiOperation['requestBody']): string[] {
  if (!was) return is?.required ? ['a request body is new and required'] : []
  if (!is) return ['the request body is no longer read']
  return [
    ...(is.required && !was.required ? ['the request body is required now'] : []),
    ...contentProblems(was.content as Content, is.content as Content, 'request'),
  ]
}

function replyProblems(was: Responses, is: Responses): string[] {
  return Object.entries(was).flatMap(([status, reply]) => {
    const present = is[status]
    if (!present) return [`it answered ${status}, now ${Object.keys(is).join(', ')}`]
    if (reply.$ref !== present.$ref) return [`the answer ${status} has another form`]
    return contentProblems(reply.content ?? {}, present.content ?? {}, 'reply')
  })
}

function contentProblems(was: Content, is: Content, side: Side): string[] {
  return Object.entries(was).flatMap(([mediaType, { schema }]) => {
    const present = is[mediaType]
    if (present) return schemaProblems(schema, present.schema, side, side)
    return [`the ${side} was ${mediaType}, now ${Object.keys(is).join(', ') || 'empty'}`]
  })
}

function namedSchemas({ components }: OpenApi): Record<string, Schema> {
  return (components as { schemas?: Record<string, Schema> }).schemas ?? {}
}

// -- Schemas

/**
 * Each value that may be given must fit one of those that are wanted. In a request, old callers give and the present
 * API wants. In a reply, the present API gives and old callers want.
 */
export function schemaProblems(before: Schema, after: Schema, side: Side, place: string): string[] {
  const [was, is] = [alternatives(before), alternatives(after)]
  const [given, wanted] = side === 'request' ? [was, is] : [is, was]
  const single = was.length === 1 && is.length === 1
  const problems = given.flatMap((value) => {
    const fitting = wanted.filter((schema) => isOfKind(value, schema, side))
    if (fitting.length > 0) return nearest(fitting.map((schema) => alternativeProblems(value, schema, side, place)))
    if (single && kindOf(value) !== kindOf(wanted[0] as Schema))
      return [`${place} is ${kindOf(is[0] as Schema)} now, was ${kindOf(was[0] as Schema)}`]
    return [side === 'request' ? `${place} no longer takes ${kindOf(value)}` : `${place} may be ${kindOf(value)} now`]
  })
  // A value that callers leave out must keep its meaning.
  if (side === 'request' && 'default' in before && !isDeepStrictEqual(before.default, after.default)) {
    const now = 'default' in after ? JSON.stringify(after.default) : 'none'
    problems.push(`${place} has the default ${now} now, had ${JSON.stringify(before.default)}`)
  }
  return [...new Set(problems)]
}

/** Expands a union, an enum or a list of types into single alternatives. */
function alternatives(schema: Schema): Schema[] {
  const { anyOf, ...common } = schema
  if (anyOf) return anyOf.flatMap((branch) => alternatives({ ...common, ...branch }))
  const { enum: values, ...rest } = schema
  if (values) return values.map((value) => ({ ...rest, const: value }))
  if (Array.isArray(schema.type)) return schema.type.map((type) => ({ ...schema, type }))
  return [schema]
}

function isOfKind(given: Schema, wanted: Schema, side: Side): boolean {
  if ('const' in wanted && !('const' in given && isDeepStrictEqual(given.const, wanted.const))) return false
  if ('const' in given && side === 'request') {
    return isDeepStrictEqual(given, wanted) || validate(wanted, given.const) === undefined
  }
  const [type, wantedType] = [typeOf(given), typeOf(wanted)]
  return wantedType === 'anything' || type === wantedType || (type === 'integer' && wantedType === 'number')
}

function typeOf(schema: Schema): string {
  if (schema.type) return String(schema.type)
  if (!('const' in schema)) return 'anything'
  const value = schema.const
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value
}

function kindOf(schema: Schema): string {
  return 'const' in schema ? JSON.stringify(schema.const) : typeOf(schema)
}

function nearest(lists: string[][]): string[] {
  return lists.reduce((best, list) => (list.length < best.length ? list : best))
}

function alternativeProblems(given: Schema, wanted: Schema, side: Side, place: string): string[] {
  if ('const' in given) return []
  const [before, after] = side === 'request' ? [given, wanted] : [wanted, given]
  return [
    ...(side === 'request' ? boundProblems(before, after, place) : formatProblems(before, after, place)),
    ...unknownProblems(before, after, place),
    ...fieldProblems(before, after, side, place),
    ...otherFieldProblems(before, after, side, place),
    ...(before.items || after.items ? schemaProblems(before.items ?? {}, after.items ?? {}, side, `${place}[]`) : []),
  ]
}

const lowest = { minimum: -Infinity, exclusiveMinimum: -Infinity, minLength: 0, minItems: 0, minProperties: 0 }
const highest = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']
const rules = ['pattern', 'format', 'multipleOf', 'uniqueItems']

function boundProblems(before: Schema, after: Schema, place: string): string[] {
  const raised = Object.entries(lowest).filter(([name, none]) => number(after[name], none) > number(before[name], none))
  const lowered = highest.filter((name) => number(after[name], Infinity) < number(before[name], Infinity))
  // No algorithm tells whether one pattern accepts everything that another accepts, but an added alternative only
  // widens.
  const isWiderPattern = (name: string) => name === 'pattern' && String(after[name]).startsWith(`${before[name]}|`)
  const changed = rules.filter((name) => after[name] && after[name] !== before[name] && !isWiderPattern(name))
  return [...raised.map(([name]) => name), ...lowered, ...changed].map(
    (name) => `${place} has ${name} ${after[name]} now, had ${before[name] ?? 'none'}`,
  )
}

function number(value: unknown, fallback: number): number {
  return typeof value === 'number' ? value : fallback
}

/** Callers parse replies by the format. Other bounds of a reply follow those of requests and may grow with them. */
function formatProblems(before: Schema, after: Schema, place: string): string[] {
  if (!before.format || before.format === after.format) return []
  return [`${place} has the format ${after.format ?? 'none'} now, had ${before.format}`]
}

function fieldProblems(before: Schema, after: Schema, side: Side, place: string): string[] {
  const [was, is] = [before.properties ?? {}, after.properties ?? {}]
  const [needed, neededNow] = [requiredOf(before, side), requiredOf(after, side)]
  const kept = Object.keys(was).flatMap((name) => {
    const field = `${place}.${name}`
    const [former, present] = [was[name] as Schema, is[name]]
    if (!present) return [side === 'request' ? `${field} is no longer read` : `${field} is gone`]
    const missing = side === 'reply' && needed.includes(name) && !neededNow.includes(name)
    return [...(missing ? [`${field} may be missing now`] : []), ...schemaProblems(former, present, side, field)]
  })
  if (side === 'reply') return kept
  const demanded = neededNow.filter((name) => !needed.includes(name))
  return [...kept, ...demanded.map((name) => `${place}.${name} is ${name in was ? '' : 'new and '}required now`)]
}

/** Callers may leave a field with a default out of a request. */
function requiredOf({ required = [], properties }: Schema, side: Side): string[] {
  return side === 'reply' ? required : required.filter((name) => !('default' in (properties?.[name] ?? {})))
}

/** Compares the fields that the schema does not list by name. */
function otherFieldProblems(before: Schema, after: Schema, side: Side, place: string): string[] {
  const [was, is] = [before.patternProperties ?? {}, after.patternProperties ?? {}]
  const patterns = Object.keys(was).flatMap((pattern) =>
    is[pattern] ? schemaProblems(was[pattern] as Schema, is[pattern], side, `${place}.(${pattern})`) : [],
  )
  if (!isDeepStrictEqual(Object.keys(was).sort(), Object.keys(is).sort())) {
    patterns.push(`${place} has other names of fields: ${Object.keys(is).join(', ') || 'none by pattern'}`)
  }
  const [others, othersNow] = [before.additionalProperties ?? true, after.additionalProperties ?? true]
  if (others === othersNow || others === false || (othersNow === false && others === true && side === 'reply')) {
    return patterns
  }
  if (othersNow === false) return [...patterns, `${place} has no other fields any more`]
  return [...patterns, ...schemaProblems(asSchema(others), asSchema(othersNow), side, `${place}.*`)]
}

function asSchema(others: Schema | true): Schema {
  return others === true ? {} : others
}

const compared = new Set([
  ...Object.keys(lowest),
  ...highest,
  ...rules,
  ...['type', 'const', 'required', 'properties', 'patternProperties', 'additionalProperties', 'items'],
  // These keywords describe values and restrict none, except `visible`, which refuses only what nobody can read. The
  // media type is compared with the content.
  ...[
    'default',
    'description',
    'title',
    'examples',
    'deprecated',
    'errorMessage',
    'contentMediaType',
    'streamed',
    'visible',
    'uploaded',
  ],
])

/** A keyword that this file does not understand must stay as it is. */
function unknownProblems(before: Schema, after: Schema, place: string): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]).difference(compared)
  return [...names]
    .filter((name) => !isDeepStrictEqual(before[name], after[name]))
    .map((name) => `${place} changed its ${name}, which cannot be compared`)
}

// -- The command

/** Runs the command on a file. Returns its output and whether the API is compatible. */
export async function compatibility(args: string[], file = acceptedFile): Promise<{ ok: boolean; text: string }> {
  const accept = args[0] === '--accept'
  if (args.length > (accept ? 1 : 0)) {
    return {
      ok: false,
      text: `Unknown: ${args.join(' ')}. Give --accept to write the present API, or nothing to compare.`,
    }
  }
  const [accepted, present] = [await acceptedApi(file), presentApi()]
  const broken = breakingChanges(accepted, present)
  if (broken.length > 0) return { ok: false, text: refusal(broken) }
  if (isSameApi(accepted, present)) return { ok: true, text: 'The API is the accepted one.' }
  if (!accept) return { ok: true, text: `The API has changed and breaks nothing. Accept it: ${acceptCommand}` }
  await writeFile(file, formatted(present))
  return { ok: true, text: `The API breaks nothing; it is written to ${fileURLToPath(file)}.` }
}

export function refusal(broken: string[]): string {
  return [
    'The API breaks what was accepted in docs/openapi.json:',
    ...broken.map((sentence) => `- ${sentence}`),
    'Keep the operation as it was and add the new form beside it, under /v2/…: docs/decisions/0008-the-public-api-only-grows.md',
  ].join('\n')
}

/** Returns JSON in the repository's format: an array of plain values takes one line if it fits. */
export function formatted(api: object): string {
  const values = /^( *)((?:"(?:[^"\\]|\\.)*": )?)\[\n((?: *(?:"(?:[^"\\]|\\.)*"|[-+.\w]+),?\n)+) *\](,?)$/gm
  const text = JSON.stringify(api, null, 2).replace(values, (long, indent, name, lines: string, comma) => {
    const short = `${indent}${name}[${lines.trim().replace(/\n */g, ' ')}]${comma}`
    return short.length <= 120 ? short : long
  })
  return `${text}\n`
}

type Side = 'request' | 'reply'
type Content = Record<string, { schema: Schema }>
type Responses = Record<string, { $ref?: string; content?: Content }>

/** The JSON Schema keywords that are compared by meaning; the others must not change. */
export interface Schema {
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  default?: unknown
  format?: string
  required?: string[]
  properties?: Record<string, Schema>
  patternProperties?: Record<string, Schema>
  additionalProperties?: boolean | Schema
  items?: Schema
  [keyword: string]: unknown
}

if (import.meta.main) {
  const { ok, text } = await compatibility(process.argv.slice(2))
  process[ok ? 'stdout' : 'stderr'].write(`${text}\n`)
  process.exitCode = ok ? 0 : 1
}
