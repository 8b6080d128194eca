/** The check of the API finds every kind of breaking change of an operation, in every place where it is possible. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { OpenApiOperation } from '@doran/gateway'
import { breakingChanges } from '../apps/server/compatibility.ts'
import { api, contents, only, operations } from './present-api.ts'

/** A change that breaks an operation as a whole. */
interface OperationBreak {
  name: string
  applies?: (operation: OpenApiOperation) => unknown
  apply: (operation: OpenApiOperation) => void
  says: RegExp
}

const operationBreaks: OperationBreak[] = [
  {
    name: 'a parameter is new and required',
    apply: ({ parameters }) => {
      parameters.push({ name: 'novelty', in: 'query', required: true, schema: { type: 'string' } as object })
    },
    says: /: query\.novelty is new and required/,
  },
  {
    name: 'a parameter becomes required',
    applies: ({ parameters }) => parameters.some(({ required }) => !required),
    apply: ({ parameters }) => {
      for (const parameter of parameters) parameter.required = true
    },
    says: /: (query|header)\.[\w-]+ is required now/,
  },
  {
    name: 'a parameter is no longer read',
    applies: ({ parameters }) => parameters.length > 0,
    apply: ({ parameters }) => {
      parameters.pop()
    },
    says: /: (path|query|header)\.[\w-]+ is no longer read/,
  },
  {
    name: 'a body is needed',
    applies: ({ requestBody }) => !requestBody,
    apply: (operation) => {
      operation.requestBody = {
        required: true,
        content: { 'application/json': { schema: { type: 'object' } as object } },
      }
    },
    says: /: a request body is new and required/,
  },
  {
    name: 'the body is no longer read',
    applies: ({ requestBody }) => requestBody,
    apply: (operation) => {
      delete operation.requestBody
    },
    says: /: the request body is no longer read/,
  },
  {
    name: 'the body has another media type',
    applies: ({ requestBody }) => requestBody,
    apply: (operation) => moveContent(contents(operation, 'request')),
    says: /: the request was [\w/]+, now text\/x-other/,
  },
  {
    name: 'the reply has another media type',
    applies: (operation) => contents(operation, 'reply').length > 0,
    apply: (operation) => moveContent(contents(operation, 'reply')),
    says: /: the reply was [\w/]+, now text\/x-other/,
  },
  {
    name: 'the reply is empty',
    applies: (operation) => contents(operation, 'reply').length > 0,
    apply: ({ responses }) => {
      for (const reply of Object.values(responses as Record<string, { content?: object }>)) delete reply.content
    },
    says: /: the reply was [\w/]+, now empty/,
  },
  {
    name: 'success has another status',
    apply: (operation) => {
      const [status, reply] = Object.entries(operation.responses)[0] as [string, object]
      delete operation.responses[status]
      operation.responses['206'] = reply
    },
    says: /: it answered 20\d, now 206/,
  },
  {
    name: 'failures have another form',
    apply: ({ responses }) => {
      responses.default = { $ref: '#/components/responses/Other' }
    },
    says: /: the answer default has another form/,
  },
  {
    name: 'a caller must sign in',
    applies: ({ security }) => !security,
    apply: (operation) => Object.assign(operation, { security: [{ token: [] }], 'x-roles': [] }),
    says: /: anyone could call it, now a signed-in user may/,
  },
  {
    name: 'a caller needs a role',
    applies: (operation) => operation['x-roles']?.length === 0,
    apply: (operation) => Object.assign(operation, { 'x-roles': ['admin'] }),
    says: /: every signed-in user could call it, now admin may/,
  },
  {
    name: 'a role may no longer call it',
    applies: (operation) => operation['x-roles']?.length,
    apply: (operation) =>
      Object.assign(operation, { 'x-roles': ['auditor', ...(operation['x-roles'] ?? []).slice(1)] }),
    says: /: the role (admin|seller) may no longer call it/,
  },
]

function moveContent([content]: Record<string, unknown>[]): void {
  const [mediaType, described] = Object.entries(content as object)[0] as [string, unknown]
  delete (content as Record<string, unknown>)[mediaType]
  Object.assign(content as object, { 'text/x-other': described })
}

describe('a breaking change', () => {
  it('is not found where nothing changed', () => {
    assert.deepEqual(breakingChanges(api, structuredClone(api)), [])
  })

  it('is found if an operation is gone', () => {
    for (const { path, method } of operations) {
      const after = structuredClone(api)
      delete after.paths[path]?.[method]

      assert.deepEqual(breakingChanges(api, after), [`${method.toUpperCase()} ${path}: the operation is gone.`])
    }
  })

  for (const { name, applies = () => true, apply, says } of operationBreaks) {
    it(`is found wherever ${name}`, () => {
      const places = operations.filter(({ operation }) => applies(operation))

      assert.ok(places.length > 0)
      for (const { path, method, operation } of places) {
        const after = structuredClone(operation)
        apply(after)
        const [sentence] = breakingChanges(only(path, method, operation), only(path, method, after))
        assert.ok(sentence?.startsWith(`${method.toUpperCase()} ${path}: `) && sentence.match(says), sentence)
      }
    })
  }
})
