/**
 * Copies from a value that came from outside what its schema declares, before anything else looks at it. The copy is as
 * large as the schema allows and no larger, its text is in one form (Unicode NFC) and its UUIDs in small letters, so
 * validation and handlers do bounded work whatever was sent.
 */
import { kernelErrors } from './errors.ts'
import { assertInput, ERRORS_SHOWN, type Mode } from './schema.ts'
import type { TSchema } from './type.ts'

/** Members and items of parts whose schema leaves them open, in one input. */
const MAX_OPEN_MEMBERS = 100_000
const MAX_OPEN_DEPTH = 50

/** A character in NFC has at most four code points when it is decomposed, and a code point at most two UTF-16 units. */
const UNITS_PER_CHARACTER = 8

/**
 * More combining marks in a row than any language writes (Unicode's Stream-Safe Text Format, UAX 15). The time that
 * normalisation takes grows with the square of their number: 8,000 of them take 0.2 s.
 */
const MAX_MARKS = 30
const TOO_MANY_MARKS = new RegExp(`\\p{M}{${MAX_MARKS + 1}}`, 'u')

/** What was found in one input. */
interface Reading {
  openMembers: number
  /** Some of its text cannot be stored. Validation, which cannot see that, speaks first. */
  noText: boolean
}

type Copy = (value: unknown, reading: Reading) => unknown

const compiled = new WeakMap<TSchema, Copy>()

/**
 * The part of `value` that the schema declares, validated and with its defaults. Throws `validation_failed`. Nothing of
 * `value` itself is changed or passed on.
 */
export function readDeclared(schema: TSchema, value: unknown, mode?: Mode): unknown {
  let copy = compiled.get(schema)
  if (!copy) {
    copy = copierOf(schema)
    compiled.set(schema, copy)
  }
  const reading: Reading = { openMembers: 0, noText: false }
  const declared = copy(value, reading)
  assertInput(schema, declared, mode)
  if (reading.noText) refuseNoText(declared)
  return declared
}

interface Shape {
  type?: string
  format?: string
  maxLength?: number
  maxItems?: number
  properties?: Record<string, TSchema>
  patternProperties?: Record<string, TSchema>
  additionalProperties?: boolean | TSchema
  items?: TSchema
  anyOf?: TSchema[]
  allOf?: TSchema[]
  enum?: unknown[]
  const?: unknown
  contentMediaType?: string
}

function copierOf(schema: TSchema): Copy {
  const shape = schema as Shape
  if (shape.anyOf) return alternative(shape.anyOf)
  if (shape.allOf) return copierOf(merged(shape.allOf as Shape[]))
  // A raw body may be signed, so it stays as it was sent.
  if (shape.contentMediaType) return (value, reading) => checkedText(value, reading)
  switch (shape.type) {
    case 'object':
      return shape.properties || shape.patternProperties ? object(shape) : copyOpen
    case 'array':
      return array(shape)
    case 'string':
      return text(shape)
    case undefined:
      return shape.enum || 'const' in shape ? same : copyOpen
    default:
      return same
  }
}

function same(value: unknown): unknown {
  return value
}

function object({ properties = {}, patternProperties = {}, additionalProperties: others }: Shape): Copy {
  const declared = Object.entries(properties).map(([name, schema]) => [name, copierOf(schema)] as const)
  const patterns = Object.entries(patternProperties).map(
    ([pattern, schema]) => [new RegExp(pattern, 'u'), copierOf(schema)] as const,
  )
  const copyOther = others === true ? copyOpen : others ? copierOf(others) : undefined
  return (value, reading) => {
    if (!isObject(value)) return value
    const copy: Record<string, unknown> = {}
    for (const [name, copyMember] of declared) {
      const member = value[name]
      if (member !== undefined) copy[name] = copyMember(member, reading)
    }
    if (patterns.length === 0 && others === undefined) return copy
    let refused = 0
    for (const name of Object.keys(value)) {
      if (Object.hasOwn(properties, name)) continue
      const copyMember = patterns.find(([pattern]) => pattern.test(name))?.[1] ?? copyOther
      if (copyMember) {
        countOpen(reading)
        define(copy, readName(name, reading), copyMember(value[name], reading))
      } else if (others === false && ++refused <= ERRORS_SHOWN) {
        // Validation names what is refused; its value is of no interest.
        define(copy, name, null)
      }
    }
    return copy
  }
}

function array({ items, maxItems }: Shape): Copy {
  const copyItem = items ? copierOf(items) : copyOpen
  return (value, reading) => {
    // A query's list of one is not written as a list.
    if (!Array.isArray(value)) return isObject(value) ? value : copyItem(value, reading)
    // One item too many is enough to be refused for.
    const read = maxItems !== undefined && value.length > maxItems ? value.slice(0, maxItems + 1) : value
    return read.map((item) => copyItem(item, reading))
  }
}

function text({ maxLength, format }: Shape): Copy {
  const longest = maxLength === undefined ? Number.POSITIVE_INFINITY : (maxLength + 1) * UNITS_PER_CHARACTER
  return format === 'uuid'
    ? (value) => (typeof value === 'string' && value.length <= 64 ? value.toLowerCase() : value)
    : (value, reading) => readText(value, reading, longest)
}

/** The branch that has the value's type. */
function alternative(branches: readonly TSchema[]): Copy {
  const copies = new Map<string, Copy>()
  for (const branch of branches) {
    const type = typeOf(branch)
    if (copies.has(type) && (type === 'object' || type === 'array' || type === 'any')) {
      throw new Error(`an input cannot be one of several kinds of ${type}: what is declared would depend on the value`)
    }
    // Of two kinds of text the shape is not known, only that it is text.
    copies.set(type, copies.has(type) ? copierOf({ type } as TSchema) : copierOf(branch))
  }
  const any = copies.get('any')
  return (value, reading) => {
    const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
    return (copies.get(type) ?? any ?? same)(value, reading)
  }
}

function typeOf(branch: TSchema): string {
  const { type, enum: values, ...rest } = branch as Shape
  const found = type ?? (values ? typeof values[0] : 'const' in rest ? typeof rest.const : 'any')
  return found === 'integer' ? 'number' : found
}

function merged(parts: readonly Shape[]): TSchema {
  return { type: 'object', properties: Object.assign({}, ...parts.map(({ properties }) => properties)) } as TSchema
}

/** A copy of what the schema leaves open, to a depth and a number of members. */
function copyOpen(value: unknown, reading: Reading, depth = 0): unknown {
  if (typeof value === 'string') return readText(value, reading)
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_OPEN_DEPTH) throw refused(`is nested more than ${MAX_OPEN_DEPTH} deep`)
  if (Array.isArray(value)) {
    return value.map((item) => {
      countOpen(reading)
      return copyOpen(item, reading, depth + 1)
    })
  }
  const copy: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value)) {
    countOpen(reading)
    define(copy, readName(name, reading), copyOpen(member, reading, depth + 1))
  }
  return copy
}

function countOpen(reading: Reading): void {
  if (++reading.openMembers > MAX_OPEN_MEMBERS) throw refused(`has more than ${MAX_OPEN_MEMBERS} members`)
}

function refused(message: string) {
  return kernelErrors.validationFailed({}, { body: [message] })
}

function readName(name: string, reading: Reading): string {
  return readText(name, reading) as string
}

function readText(value: unknown, reading: Reading, longest = Number.POSITIVE_INFINITY): unknown {
  if (typeof value !== 'string') return value
  // What is cut is still too long for validation, whatever normalisation makes of it.
  const read = value.length > longest ? value.slice(0, longest) : value
  if (isText(read)) return read.normalize('NFC')
  reading.noText = true
  return read
}

function checkedText(value: unknown, reading: Reading): unknown {
  if (typeof value === 'string' && !isStorable(value)) reading.noText = true
  return value
}

function isText(value: string): boolean {
  return isStorable(value) && !(value.length > MAX_MARKS && TOO_MANY_MARKS.test(value))
}

/** No database can store NUL and halves of surrogate pairs. */
function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\u0000')
}

function refuseNoText(copy: unknown): never {
  const field = pathOfNoText(copy, '').slice(1) || 'body'
  throw kernelErrors.validationFailed({}, { [field]: ['contains characters that are no text'] })
}

function pathOfNoText(value: unknown, path: string): string {
  if (typeof value === 'string') return isText(value) ? '' : path
  if (typeof value !== 'object' || value === null) return ''
  for (const [name, member] of Object.entries(value)) {
    const found = isText(name) ? pathOfNoText(member, `${path}.${name}`) : `${path}.(name)`
    if (found) return found
  }
  return ''
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** As an own member, also when it is called `__proto__`. */
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
}
