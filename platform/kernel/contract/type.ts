/**
 * The schemas that contracts are written in. Their types, which TypeScript reads what fits out of, are TypeBox's; what
 * they are at run time, plain JSON Schema, is made here: TypeBox itself would cost each process 370 modules and 12 MB.
 */
import type {
  TBoolean,
  TEnum,
  TEnumValue,
  TInteger,
  TNumberOptions,
  TSchema,
  TSchemaOptions,
  TString,
  TStringOptions,
  Type as TypeBox,
} from 'typebox'

export type { Static, TObject, TSchema } from 'typebox'

/** On a schema that need not be there. A copy made by spreading is optional as well, as its type says. */
const OPTIONAL = Symbol('optional')
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
    const required = Object.keys(properties).filter((name) => !(OPTIONAL in (properties[name] as TSchema)))
    return { type: 'object', ...(required.length > 0 && { required }), properties, ...more }
  },
  /** Another schema than the one it is given, which stays required where it is used as it is. */
  Optional: (schema: TSchema) => ({ ...schema, [OPTIONAL]: true }),
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

/** A schema, and in its type whether it has a default: then callers may leave it out. */
export type WithDefault<T extends TSchema, Options> = Options extends { readonly default: unknown }
  ? T & { readonly default: unknown }
  : T

interface Builders {
  Boolean<const O extends TSchemaOptions>(options?: O): WithDefault<TBoolean, O>
  Enum<const Values extends TEnumValue[], const O extends TSchemaOptions>(
    values: readonly [...Values],
    options?: O,
  ): WithDefault<TEnum<Values>, O>
  Integer<const O extends TNumberOptions>(options?: O): WithDefault<TInteger, O>
  String<const O extends TStringOptions>(options?: O): WithDefault<TString, O>
}

export const Type = builders as unknown as Builders & Omit<Pick<typeof TypeBox, keyof typeof builders>, keyof Builders>
