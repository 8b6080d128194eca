/** Validates values against contract schemas. Each schema is compiled once. */
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { type FieldErrors, kernelErrors } from './errors.ts'
import type { TSchema } from './type.ts'
import { visibleKeyword } from './visible.ts'

// `verbose` adds the schema to each error, where `errorMessage` is looked up. `validateSchema` is off because tests
// check the schemas themselves (`assertSchema` of the testing kit): checking them again would cost each process 5 MB.
const options: Options = { allErrors: true, strict: false, useDefaults: true, validateSchema: false, verbose: true }
// Bodies are JSON and must have the right types. Text from path, query and headers is converted to the declared type.
const exact = addFormats.default(new Ajv(options))
const coercing = addFormats.default(new Ajv({ ...options, coerceTypes: 'array' }))
for (const ajv of [exact, coercing]) ajv.addKeyword(visibleKeyword)

const compiled = { exact: new WeakMap<TSchema, ValidateFunction>(), coercing: new WeakMap<TSchema, ValidateFunction>() }

/** Most fields that a validation error lists. When there are more, `fieldsRefused` is their number. */
export const ERRORS_SHOWN = 20

export type Mode = keyof typeof compiled

/** Returns errors by field, or undefined for a valid value. Fills in defaults in `value` itself. */
export function validate(schema: TSchema, value: unknown, mode: Mode = 'exact'): FieldErrors | undefined {
  let check = compiled[mode].get(schema)
  if (!check) {
    check = (mode === 'exact' ? exact : coercing).compile(schema)
    compiled[mode].set(schema, check)
  }
  return check(value) ? undefined : fieldErrors(check.errors ?? [])
}

/** Throws `validation_failed` unless the value is valid. Fills in defaults in `value` itself. */
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

/** Throws a TypeError unless the value is valid: our own code made the value, so no caller can correct it. */
export function assertValid(schema: TSchema, value: unknown, what: string): void {
  const errors = validate(schema, value)
  if (errors) throw new TypeError(`${what} does not fit its schema: ${JSON.stringify(errors)}`)
}

function fieldErrors(errors: ErrorObject[]): FieldErrors {
  const result: FieldErrors = {}
  for (const error of errors) {
    // The errors of the branches suffice; that no branch matches adds nothing.
    if (error.keyword === 'anyOf' && errors.length > 1) continue
    const path = error.instancePath.slice(1).replaceAll('/', '.')
    const missing = error.keyword === 'required' ? String(error.params.missingProperty) : ''
    const field = [path, missing].filter(Boolean).join('.') || 'body'
    const message = missing
      ? (messageFor(error.parentSchema?.properties?.[missing], 'required') ?? 'is missing')
      : describe(error)
    const messages = (result[field] ?? []).filter((other) => other !== message)
    // A missing or blank value causes the other errors of its field, so its message comes first.
    const isBlank = message === messageFor(error.parentSchema, 'required')
    result[field] = isBlank ? [message, ...messages] : [...messages, message]
  }
  return result
}

/** A schema's `errorMessage`: either one text for every keyword except `required`, or one text for each keyword. */
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
