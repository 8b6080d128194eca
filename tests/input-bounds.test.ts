/** Checks the size limits of every public operation's input, as the contracts declare them. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mediaTypeOf, type Operation, type TSchema } from '@doran/kernel/contract'
import { bodyLimitOf } from '@doran/kernel/platform'
import { services } from '../apps/server/services.ts'

interface Shape {
  type?: string
  properties?: Record<string, Shape>
  items?: Shape
  anyOf?: Shape[]
  enum?: unknown[]
  maxItems?: number
  maxLength?: number
}

/** Maximum size of a character in JSON: three bytes for Korean in UTF-8. */
const BYTES_PER_CHARACTER = 3
/** Size of a number, or of text whose length its pattern or format limits. */
const SHORT_BYTES = 200

const operations = services.flatMap(({ contract }) =>
  Object.entries(contract.operations)
    .filter(([, operation]) => operation.access !== 'internal' && !operation.socket)
    .map(([name, operation]) => ({ name: `${contract.name}.${name}`, operation: operation as Operation })),
)

describe('the input of a public operation', () => {
  for (const { name, operation } of operations.filter(({ operation }) => operation.body)) {
    const body = operation.body as TSchema
    if (mediaTypeOf(body)) continue

    it(`of ${name} fits its body limit at its largest`, () => {
      const largest = largestBytes(body as Shape)

      assert.ok(largest <= bodyLimitOf(operation), `${largest} bytes are more than ${bodyLimitOf(operation)}`)
    })
  }

  it('has a maximum number of items in every list', () => {
    const unbounded = operations.flatMap(({ name, operation: { path, query, headers, body } }) =>
      [path, query, headers, body].flatMap((part) => (part ? unboundedLists(part as Shape, name) : [])),
    )

    assert.deepEqual(unbounded, [])
  })

  it('with a list without a maximum would be noticed (the test can fail)', () => {
    const body = { type: 'object', properties: { tags: { type: 'array', items: { type: 'string' } } } }

    assert.deepEqual(unboundedLists(body, 'a'), ['a.tags'])
    assert.equal(largestBytes(body), Number.POSITIVE_INFINITY)
  })
})

/** Returns the size in bytes of the largest JSON that matches the schema. */
function largestBytes({ type, anyOf, enum: values, properties = {}, items, maxItems, maxLength }: Shape): number {
  if (anyOf) return Math.max(...anyOf.map(largestBytes))
  if (values) return Math.max(...values.map((value) => JSON.stringify(value).length))
  if (type === 'object') {
    return Object.entries(properties).reduce((sum, [name, member]) => sum + name.length + 4 + largestBytes(member), 2)
  }
  if (type === 'array') return (maxItems ?? Number.POSITIVE_INFINITY) * (1 + largestBytes(items as Shape))
  return maxLength === undefined ? SHORT_BYTES : 2 + BYTES_PER_CHARACTER * maxLength
}

function unboundedLists({ type, anyOf = [], properties = {}, items, maxItems }: Shape, path: string): string[] {
  return [
    ...(type === 'array' && maxItems === undefined ? [path] : []),
    ...Object.entries(properties).flatMap(([name, member]) => unboundedLists(member, `${path}.${name}`)),
    ...anyOf.flatMap((branch) => unboundedLists(branch, path)),
    ...(items ? unboundedLists(items, `${path}[]`) : []),
  ]
}
