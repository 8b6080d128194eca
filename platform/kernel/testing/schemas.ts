import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import type { TSchema } from '../contract/type.ts'

const ajv = addFormats.default(new Ajv({ strict: false }))

/** Throws unless this is valid JSON Schema. Running processes do not check that themselves. */
export function assertSchema(schema: TSchema, what: string): void {
  if (ajv.validateSchema(schema)) return
  throw new TypeError(`${what} is no JSON Schema: ${ajv.errorsText()}`)
}
