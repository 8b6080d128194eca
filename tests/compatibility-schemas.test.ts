/** The check of the API finds every kind of breaking change of a schema, in every place where it is possible. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { breakingChanges } from '../apps/server/compatibility.ts'
import {
  api,
  hasNull,
  isNumber,
  isObject,
  isText,
  type Node,
  only,
  operations,
  replace,
  type Side,
  schemas,
} from './present-api.ts'

/** A change that breaks a schema: where it applies, how to make it, and what the check says about it. */
interface SchemaBreak {
  name: string
  side: Side
  applies: (node: Node) => unknown
  apply: (node: Node) => void
  says: RegExp
}

const bound = (name: string, by: number): SchemaBreak => ({
  name: `${name} is ${by > 0 ? 'raised' : 'lowered'}`,
  side: 'request',
  applies: (node) => typeof node[name] === 'number',
  apply: (node) => {
    node[name] = (node[name] as number) + by
  },
  says: new RegExp(` has ${name} -?\\d+ now, had -?\\d+`),
})

const schemaBreaks: SchemaBreak[] = [
  bound('minimum', 1),
  bound('maximum', -1),
  bound('minLength', 1),
  bound('maxLength', -1),
  bound('minItems', 1),
  bound('maxItems', -1),
  {
    name: 'a maximum is new',
    side: 'request',
    applies: (node) => isNumber(node) && node.maximum === undefined,
    apply: (node) => {
      node.maximum = 10
    },
    says: / has maximum 10 now, had none/,
  },
  {
    name: 'a pattern is new or another one',
    side: 'request',
    applies: isText,
    apply: (node) => {
      node.pattern = '^a+$'
    },
    says: / has pattern \^a\+\$ now, had /,
  },
  {
    name: 'a format is new or another one',
    side: 'request',
    applies: isText,
    apply: (node) => {
      node.format = 'ipv4'
    },
    says: / has format ipv4 now, had /,
  },
  {
    name: 'an array must be without repetition',
    side: 'request',
    applies: (node) => node.type === 'array' && !node.uniqueItems,
    apply: (node) => {
      node.uniqueItems = true
    },
    says: / has uniqueItems true now, had none/,
  },
  {
    name: 'text becomes a number',
    side: 'request',
    applies: isText,
    apply: (node) => replace(node, { type: 'integer' }),
    says: / is integer now, was string| no longer takes string/,
  },
  {
    name: 'a value of an enum is no longer taken',
    side: 'request',
    applies: (node) => node.enum,
    apply: (node) => node.enum?.pop(),
    says: / no longer takes "/,
  },
  {
    name: 'a constant is another one',
    side: 'request',
    applies: (node) => 'const' in node,
    apply: (node) => {
      node.const = 'another'
    },
    says: / now, was | no longer takes /,
  },
  {
    name: 'null is no longer taken',
    side: 'request',
    applies: hasNull,
    apply: (node) => {
      node.anyOf = node.anyOf?.filter(({ type }) => type !== 'null')
    },
    says: / no longer takes null/,
  },
  {
    name: 'a default is another one',
    side: 'request',
    applies: (node) => 'default' in node,
    apply: (node) => {
      node.default = 'another'
    },
    says: / has the default "another" now, had /,
  },
  {
    name: 'a field becomes required',
    side: 'request',
    applies: optionalField,
    apply: (node) => {
      node.required = [...(node.required ?? []), optionalField(node) as string]
    },
    says: /\.\w+ is required now/,
  },
  {
    name: 'a field is new and required',
    side: 'request',
    applies: isObject,
    apply: (node) => {
      node.properties = { ...node.properties, novelty: { type: 'string' } }
      node.required = [...(node.required ?? []), 'novelty']
    },
    says: /\.novelty is new and required now/,
  },
  {
    name: 'a field is no longer read',
    side: 'request',
    applies: hasFields,
    apply: removeField,
    says: / is no longer read/,
  },
  {
    name: 'other fields are refused',
    side: 'request',
    applies: (node) => isObject(node) && node.additionalProperties === undefined,
    apply: (node) => {
      node.additionalProperties = false
    },
    says: / has no other fields any more/,
  },
  {
    name: 'a rule that cannot be compared is new',
    side: 'request',
    applies: () => true,
    apply: (node) => {
      node.not = {}
    },
    says: / changed its not, which cannot be compared| no longer takes "/,
  },
  {
    name: 'a field is gone',
    side: 'reply',
    applies: hasFields,
    apply: removeField,
    says: /\.\w+ is gone/,
  },
  {
    name: 'a field may be missing',
    side: 'reply',
    applies: (node) => (node.required?.length ?? 0) > 0,
    apply: (node) => node.required?.shift(),
    says: /\.\w+ may be missing now/,
  },
  {
    name: 'a value may be null',
    side: 'reply',
    applies: (node) => node.type !== 'null' && !hasNull(node) && isPlain(node) && Object.keys(node).length > 0,
    apply: (node) => replace(node, { anyOf: [{ ...node }, { type: 'null' }] }),
    says: / may be null now/,
  },
  {
    name: 'text becomes a number',
    side: 'reply',
    applies: isText,
    apply: (node) => replace(node, { type: 'integer' }),
    says: / is integer now, was string| may be integer now/,
  },
  {
    name: 'a whole number becomes any number',
    side: 'reply',
    applies: (node) => node.type === 'integer',
    apply: (node) => {
      node.type = 'number'
    },
    says: / is number now, was integer| may be number now/,
  },
  {
    name: 'an enum has a value more',
    side: 'reply',
    applies: (node) => node.enum,
    apply: (node) => node.enum?.push('another'),
    says: / may be "another" now/,
  },
  {
    name: 'an enum becomes any text',
    side: 'reply',
    applies: (node) => node.enum,
    apply: (node) => replace(node, { type: 'string' }),
    says: / may be string now| is string now/,
  },
  {
    name: 'a format is gone',
    side: 'reply',
    applies: (node) => node.format,
    apply: (node) => {
      delete node.format
    },
    says: / has the format none now, had /,
  },
]

function hasFields(node: Node): boolean {
  return Object.keys(node.properties ?? {}).length > 0
}

function removeField(node: Node): void {
  const name = Object.keys(node.properties ?? {})[0] as string
  delete node.properties?.[name]
  node.required = node.required?.filter((required) => required !== name)
}

function optionalField(node: Node): string | undefined {
  const names = Object.keys(node.properties ?? {})
  return names.find((name) => !node.required?.includes(name) && !('default' in (node.properties?.[name] ?? {})))
}

/** A branch of a nullable value is nullable already. */
const nullableBranches = new Set(
  operations.flatMap(({ operation }) =>
    schemas(operation, 'reply').flatMap((node) => (hasNull(node) ? (node.anyOf ?? []) : [])),
  ),
)
function isPlain(node: Node): boolean {
  return !nullableBranches.has(node)
}

describe('a breaking change', () => {
  for (const { name, side, applies, apply, says } of schemaBreaks) {
    it(`is found in a ${side} wherever ${name}`, () => {
      let places = 0

      for (const { path, method, operation } of operations) {
        for (const [index, node] of schemas(operation, side).entries()) {
          if (!applies(node)) continue
          const after = structuredClone(operation)
          apply(schemas(after, side)[index] as Node)
          const found = breakingChanges(only(path, method, operation), only(path, method, after))
          assert.ok(
            found.some((sentence) => says.test(sentence)),
            `${method} ${path}, ${JSON.stringify(node)}: ${found}`,
          )
          places++
        }
      }
      assert.ok(places > 0)
    })
  }

  it('is found in the schema of a problem', () => {
    const after = structuredClone(api)
    const { schemas } = after.components as { schemas: { Problem: { properties: Record<string, Node> } } }
    delete schemas.Problem.properties.code

    assert.deepEqual(breakingChanges(api, after), ['Every operation: Problem.code is gone.'])
  })
})
