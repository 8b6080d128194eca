/**
 * The schemas that contracts are written in. Their types, which TypeScript reads what fits out of, are TypeBox's; what
 * they are at run time, plain JSON Schema, is made here: TypeBox itself would cost each process 370 modules and 12 MB.
 */
import type { TSchema, Type as TypeBox } from 'typebox'

export type { Static, TObject, TSchema } from 'typebox'

const optional = new WeakSet<TSchema>()
const simple = (type: string) => (more?: object) => ({ type, ...more })

const builders = {
  Array: (items: TSchema, more?: object) => ({ type: 'array', items, ...more }),
  Boolean: simple('boolean'),
  Enum: (values: unknown[], more?: object) => ({ enum: values, ...more }),
  Integer: simple('integer'),
  Intersect: (allOf: TSchema[], more?: object) => ({ allOf, ...more }),
  Literal: (value: unknown, more?: object) => ({ type: typeof value, const: value, ...more }),
  Null: simple('null'),
  Number: simple('number'),
  Object(properties: Record<string, TSchema>, more?: object) {
    const required = Object.keys(properties).filter((name) => !optional.has(properties[name] as TSchema))
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...more }
  },
  /** Another schema than the one it is given, which stays required where it is used as it is. */
  Optional(schema: TSchema) {
    const copy = { ...schema }
    optional.add(copy)
    return copy
  },
  Record: ({ pattern = '^.*$' }: { pattern?: string }, value: TSchema, more?: object) => ({
    type: 'object',
    patternProperties: { [pattern]: value },
    ...more,
  }),
  String: simple('string'),
  Union: (anyOf: TSchema[], more?: object) => ({ anyOf, ...more }),
  Unknown: (more?: object) => ({ ...more }),
  Unsafe: (schema: TSchema) => schema,
}

export const Type = builders as unknown as Pick<typeof TypeBox, keyof typeof builders>
