/**
 * Copies the parts of an external value that its schema declares, before any other code reads the value. The copy is at
 * most as large as the schema allows, so validation and handlers do a bounded amount of work for any input. Its text is
 * in Unicode NFC, and its UUIDs are in lower case.
 */
import { kernelErrors } from './errors.ts'
import { assertInput, ERRORS_SHOWN, type Mode } from './schema.ts'
import type { TSchema } from './type.ts'

/**
 * Most members and items that the open parts of one input may have: parts whose content the schema does not declare.
 */
const MAX_OPEN_MEMBERS = 100_000
const MAX_OPEN_DEPTH = 50

/** An NFC character decomposes to at most four code points, and a code point has at most two UTF-16 units. */
const UNITS_PER_CHARACTER = 8

/**
 * Most combining marks in a row; no language writes more (Unicode's Stream-Safe Text Format, UAX 15). The time of
 * normalisation grows with the square of their number: 8,000 marks take 0.2 s.
 */
const MAX_MARKS = 30
const TOO_MANY_MARKS = new RegExp(`\\p{M}{${MAX_MARKS + 1}}`, 'u')

/** State while one input is copied. */
interface Reading {
  openMembers: number
  /** Some text cannot be stored. It is reported after validation, which does not check for it. */
  hasInvalidText: boolean
}

type Copy = (value: unknown, reading: Reading) => unknown

const compiled = new WeakMap<TSchema, Copy>()

/**
 * Returns the part of `value` that the schema declares, validated and with defaults filled in. Throws
 * `validation_failed`. The result is a copy: `value` is neither changed nor shared.
 */
export function readDeclared(schema: TSchema, value: unknown, mode?: Mode): unknown {
  let copy = compiled.get(schema)
  if (!copy) {
    copy = copierOf(schema)
    compiled.set(schema, copy)
  }
  const reading: Reading = { openMembers: 0, hasInvalidText: false }
  const declared = copy(value, reading)
  assertInput(schema, declared, mode)
  if (reading.hasInvalidText) refuseInvalidText(declared)
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
  // A raw body may be signed, so its text is not normalised.
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
        // Validation reports the name of a refused member and does not need its value.
        define(copy, name, null)
      }
    }
    return copy
  }
}

function array({ items, maxItems }: Shape): Copy {
  const copyItem = items ? copierOf(items) : copyOpen
  return (value, reading) => {
    // A list with one item in a query arrives as a single value.
    if (!Array.isArray(value)) return isObject(value) ? value : copyItem(value, reading)
    // One item too many is enough for validation to refuse the list.
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

/** Copies by the branch that matches the value's type. */
function alternative(branches: readonly TSchema[]): Copy {
  const copies = new Map<string, Copy>()
  for (const branch of branches) {
    const type = typeOf(branch)
    if (copies.has(type) && (type === 'object' || type === 'array' || type === 'any')) {
      throw new Error(`an input cannot be one of several kinds of ${type}: what is declared would depend on the value`)
    }
    // Of two branches with the same type, only the type is known.
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

/** Copies a part whose content the schema does not declare, up to a depth and a number of members. */
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
  // The cut text is still longer than validation allows, even after normalisation.
  const read = value.length > longest ? value.slice(0, longest) : value
  if (isValidText(read)) return read.normalize('NFC')
  reading.hasInvalidText = true
  return read
}

function checkedText(value: unknown, reading: Reading): unknown {
  if (typeof value === 'string' && !isStorable(value)) reading.hasInvalidText = true
  return value
}

function isValidText(value: string): boolean {
  return isStorable(value) && !(value.length > MAX_MARKS && TOO_MANY_MARKS.test(value))
}

/** PostgreSQL cannot store NUL or lone surrogates. */
function isStorable(value: string): boolean {
  return value.isWellFormed() && !value.includes('\u0000')
}

function refuseInvalidText(copy: unknown): never {
  const field = pathOfInvalidText(copy, '').slice(1) || 'body'
  throw kernelErrors.validationFailed({}, { [field]: ['contains characters that are no text'] })
}

function pathOfInvalidText(value: unknown, path: string): string {
  if (typeof value === 'string') return isValidText(value) ? '' : path
  if (typeof value !== 'object' || value === null) return ''
  for (const [name, member] of Object.entries(value)) {
    const found = isValidText(name) ? pathOfInvalidText(member, `${path}.${name}`) : `${path}.(name)`
    if (found) return found
  }
  return ''
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets an own member, also for the name `__proto__`. */
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
}
