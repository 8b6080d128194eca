import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { openApi } from '@doran/gateway'
import { service } from '@doran/kernel'
import { contract, get, post, Type } from '@doran/kernel/contract'

const shop = service(
  contract('shop', {
    open: post('/shops/:slug', {
      summary: 'Open',
      access: 'user',
      status: 201,
      envelope: 'shop',
      body: Type.Object({ name: Type.String() }),
      reply: Type.Object({ slug: Type.String() }),
    }),
    close: post('/shops/close', { summary: 'Close', access: ['admin'] }),
    count: get('/shops/count', { summary: 'Count', access: 'internal', reply: Type.Integer() }),
  }),
  { operations: { open: async ({ slug }) => ({ slug }), close: async () => {}, count: async () => 0 } },
)

describe('the API description', () => {
  const api = openApi([shop], { version: '1.2.3' })

  it('describes the public operations in OpenAPI 3.1 and omits internal ones', () => {
    assert.equal(api.openapi, '3.1.0')
    assert.deepEqual(Object.keys(api.paths), ['/api/shops/{slug}', '/api/shops/close'])
  })

  it('names an operation, its parameters, its responses and who may call it', () => {
    const open = api.paths['/api/shops/{slug}']?.post
    assert.equal(open?.operationId, 'shop.open')
    assert.deepEqual(
      open?.parameters.map(({ name }) => name),
      ['slug', 'Idempotency-Key'],
    )
    assert.deepEqual(Object.keys(open?.responses ?? {}), ['201', 'default'])
    assert.deepEqual(open?.['x-roles'], [])
    assert.deepEqual(
      JSON.parse(JSON.stringify(open?.requestBody)).content['application/json'].schema.properties.shop.properties,
      { name: { type: 'string' } },
    )
    assert.deepEqual(api.paths['/api/shops/close']?.post?.['x-roles'], ['admin'])
  })
})
