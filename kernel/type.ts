/**
 * The schemas that contracts are written in. Their types, which TypeScript reads what fits out of, are TypeBox's; what
 * they are at run time, plain JSON Schema, is made here: TypeBox itself would cost each process 370 modules and 12 MB.
 */
import type { TSchema, Type as TypeBox } from 'typebox'

export type { Static, TObject, TSchema } from 'typebox'

type Schema = TSchema & Record<string, unknown>
type Options = Record<string, unknown>

const optional = new WeakSet<TSchema>()
const simple = (type: string) => (options?: Options) => ({ type, ...options })

const builders = {
  Array: (items: Schema, options?: Options) => ({ type: 'array', items, ...options }),
  Boolean: simple('boolean'),
  Enum: (values: unknown[], options?: Options) => ({ enum: values, ...options }),
  Integer: simple('integer'),
  Intersect: (allOf: Schema[], options?: Options) => ({ allOf, ...options }),
  Literal: (value: unknown, options?: Options) => ({ type: typeof value, const: value, ...options }),
  Null: simple('null'),
  Number: simple('number'),
  Object(properties: Record<string, Schema>, options?: Options) {
    const required = Object.keys(properties).filter((name) => !optional.has(properties[name] as Schema))
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...options }
  },
  /** Another schema than the one it is given, which stays required where it is used as it is. */
  Optional(schema: Schema) {
    const copy = { ...schema }
    optional.add(copy)
    return copy
  },
  Record: (key: Schema, value: Schema, options?: Options) => ({
    type: 'object',
    patternProperties: { [String(key.pattern ?? '^.*$')]: value },
    ...options,
  }),
  String: simple('string'),
  Union: (anyOf: Schema[], options?: Options) => ({ anyOf, ...options }),
  Unknown: (options?: Options) => ({ ...options }),
  Unsafe: (schema: Schema) => schema,
}

export const Type = builders as unknown as Pick<typeof TypeBox, keyof typeof builders>
