/**
 * Builders of the schemas in contracts. The static types are TypeBox's, from which TypeScript infers the values. The
 * builders here make plain JSON Schema at run time: loading TypeBox would cost each process 370 modules and 12 MB.
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

/** Marks the schema of an optional property. A spread copy keeps the mark, as its type does. */
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
  /** Returns a copy, so the given schema stays required wherever it is used itself. */
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

/** A schema whose type records whether it has a default, because callers may omit such members. */
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
