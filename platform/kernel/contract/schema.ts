/** Validation of values against contract schemas, compiled once for each schema. */
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { type FieldErrors, kernelErrors } from './errors.ts'
import type { TSchema } from './type.ts'
import { visibleKeyword } from './visible.ts'

// Verbose, because the `errorMessage` of a schema is found through its errors only then. That schemas are schemas is
// tested (`assertSchema` of the testing kit): to look again would cost each process 5 MB.
const options: Options = { allErrors: true, strict: false, useDefaults: true, validateSchema: false, verbose: true }
// Bodies are JSON and must have the right types already; text from path, query and headers is converted.
const exact = addFormats.default(new Ajv(options))
const coercing = addFormats.default(new Ajv({ ...options, coerceTypes: 'array' }))
for (const ajv of [exact, coercing]) ajv.addKeyword(visibleKeyword)

const compiled = { exact: new WeakMap<TSchema, ValidateFunction>(), coercing: new WeakMap<TSchema, ValidateFunction>() }

/** Most fields that a refused input names; `fieldsRefused` says how many there were. */
export const ERRORS_SHOWN = 20

export type Mode = keyof typeof compiled

/** The value's errors by field, or undefined when it is valid. Defaults are filled in. */
export function validate(schema: TSchema, value: unknown, mode: Mode = 'exact'): FieldErrors | undefined {
  let check = compiled[mode].get(schema)
  if (!check) {
    check = (mode === 'exact' ? exact : coercing).compile(schema)
    compiled[mode].set(schema, check)
  }
  return check(value) ? undefined : fieldErrors(check.errors ?? [])
}

/** Throws `validation_failed` unless the value is valid. */
export function assertInput(schema: TSchema, value: unknown, mode: Mode = 'exact'): void {
  const errors = validate(schema, value, mode)
  if (!errors) return
  const fields = Object.entries(errors)
  if (fields.length <= ERRORS_SHOWN) throw kernelErrors.validationFailed({}, errors)
  throw kernelErrors.validationFailed(
    { fieldsRefused: fields.length },
    Object.fromEntries(fields.slice(0, ERRORS_SHOWN)),
  )
}

/** Throws an ordinary error: the value was made by our own code, so a caller can do nothing about it. */
export function assertValid(schema: TSchema, value: unknown, what: string): void {
  const errors = validate(schema, value)
  if (errors) throw new TypeError(`${what} does not fit its schema: ${JSON.stringify(errors)}`)
}

function fieldErrors(errors: ErrorObject[]): FieldErrors {
  const result: FieldErrors = {}
  for (const error of errors) {
    // The branches of an alternative explain themselves; that none of them fits adds nothing.
    if (error.keyword === 'anyOf' && errors.length > 1) continue
    const path = error.instancePath.slice(1).replaceAll('/', '.')
    const missing = error.keyword === 'required' ? String(error.params.missingProperty) : ''
    const field = [path, missing].filter(Boolean).join('.') || 'body'
    const message = missing
      ? (messageFor(error.parentSchema?.properties?.[missing], 'required') ?? 'is missing')
      : describe(error)
    const messages = (result[field] ?? []).filter((other) => other !== message)
    // That there is nothing is said first: the rest follows from it.
    const isBlank = message === messageFor(error.parentSchema, 'required')
    result[field] = isBlank ? [message, ...messages] : [...messages, message]
  }
  return result
}

/** `errorMessage` of a schema: one for everything but a missing value, or one for each keyword, `required` included. */
function messageFor(schema: unknown, keyword: string): string | undefined {
  const message = (schema as { errorMessage?: string | Record<string, string> } | undefined)?.errorMessage
  return typeof message === 'string' ? (keyword === 'required' ? undefined : message) : message?.[keyword]
}

function describe(error: ErrorObject): string {
  const schemaMessage = messageFor(error.parentSchema, error.keyword)
  if (schemaMessage) return schemaMessage
  if (error.keyword === 'enum') return `must be one of ${error.params.allowedValues.join(', ')}`
  if (error.keyword === 'const') return `must be ${error.params.allowedValue}`
  return error.message ?? 'is not valid'
}
