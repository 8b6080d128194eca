import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { service } from '@doran/kernel'
import { contract, post, Type } from '@doran/kernel/contract'
import { kernelErrors } from '@doran/kernel/platform'
import { startPlatform, type TestPlatform } from '@doran/kernel/testing'

const scales = contract('scales', {
  weigh: post('/scales', {
    summary: 'Weigh some goods',
    body: Type.Object({ grams: Type.Array(Type.Integer(), { maxItems: 2 }) }),
    reply: Type.Object({ sum: Type.Integer() }),
    access: 'internal',
  }),
})
const counter = contract('counter', {
  buy: post('/purchases', {
    summary: 'Buy goods by their weight',
    body: Type.Object({ apples: Type.Array(Type.Integer()) }),
    reply: Type.Object({ sum: Type.Integer() }),
    access: 'anyone',
  }),
})

const scalesService = service(scales, {
  operations: {
    async weigh({ grams }) {
      if (grams.includes(0)) throw kernelErrors.validationFailed({}, { apples: ['must weigh something'] })
      return { sum: grams.reduce((sum, one) => sum + one, 0) }
    },
  },
})
const counterService = service(counter, {
  operations: { buy: ({ apples }, ctx) => ctx.client(scales).weigh({ grams: apples }) },
})

describe('a call between services', () => {
  let platform: TestPlatform
  before(async () => {
    platform = await startPlatform({ services: [scalesService, counterService] })
  })
  after(() => platform.close())

  const buy = (apples: number[]) => platform.request('POST', '/api/purchases', { body: { apples } })

  it('returns the reply when the input fits', async () => {
    assert.deepEqual((await buy([1, 2])).body, { sum: 3 })
  })

  it('whose input does not fit is an internal error, and the client sees no fields that it did not send', async () => {
    const { status, body } = await buy([1, 2, 3])

    assert.deepEqual([status, body.code, body.errors], [500, 'internal_error', undefined])
  })

  it('passes on the field errors that the called service throws', async () => {
    const { status, body } = await buy([0])

    assert.deepEqual([status, body.errors], [422, { apples: ['must weigh something'] }])
  })
})
