import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { newId } from '@doran/kernel'
import { startPlatform, type TestPlatform, type TestUser } from '@doran/kernel/testing'
import { user } from '../contract.ts'
import service from '../index.ts'

const home = {
  recipient: '김도란',
  phone: '010-1234-5678',
  postalCode: '04524',
  line1: '서울특별시 중구 세종대로 110',
  country: 'KR',
  isDefault: false,
}

let platform: TestPlatform
before(async () => {
  platform = await startPlatform({ services: [service] })
})
after(() => platform.close())

async function member(): Promise<TestUser> {
  const someone = await platform.user()
  await platform.client(user).createUser({ userId: someone.id, email: 'a@example.com', name: 'Kim' })
  return someone
}

async function defaultsOf(someone: TestUser): Promise<string[]> {
  const { items } = await platform.api(user, someone).listAddresses()
  return items.filter(({ isDefault }) => isDefault).map(({ id }) => id)
}

describe('the address book', () => {
  it('makes the first address the default and fills in Korea', async () => {
    const someone = await member()
    const { country: _country, isDefault: _isDefault, ...short } = home

    const answer = await platform.request('POST', '/api/users/me/addresses', { as: someone, body: short })

    assert.equal(answer.status, 201)
    assert.deepEqual([answer.body.isDefault, answer.body.country, answer.body.line2], [true, 'KR', null])
    assert.deepEqual(await platform.api(user, someone).listAddresses(), { items: [answer.body] })
  })

  it('moves the default to the address that asks for it', async () => {
    const api = platform.api(user, await member())
    const first = await api.addAddress(home)
    const second = await api.addAddress({ ...home, isDefault: true })
    const third = await api.addAddress(home)

    const changed = await api.changeAddress({ ...home, addressId: first.id, line2: '3층', isDefault: true })

    assert.deepEqual([changed.isDefault, changed.line2], [true, '3층'])
    const { items } = await api.listAddresses()
    assert.deepEqual(
      items.map(({ id, isDefault }) => [id, isDefault]),
      [
        [first.id, true],
        [third.id, false],
        [second.id, false],
      ],
    )
  })

  it('keeps the default when that address is replaced without isDefault', async () => {
    const api = platform.api(user, await member())
    const first = await api.addAddress(home)

    const changed = await api.changeAddress({ ...home, addressId: first.id, recipient: '이도란' })

    assert.deepEqual([changed.recipient, changed.isDefault], ['이도란', true])
  })

  it('makes the newest remaining address the default when the default is removed', async () => {
    const someone = await member()
    const api = platform.api(user, someone)
    const first = await api.addAddress(home)
    await api.addAddress(home)
    const newest = await api.addAddress(home)

    await api.removeAddress({ addressId: first.id })
    await api.removeAddress({ addressId: first.id })

    assert.deepEqual(await defaultsOf(someone), [newest.id])
  })

  it('has exactly one default after simultaneous additions, changes and removals', async () => {
    const someone = await member()
    const api = platform.api(user, someone)

    const added = await Promise.all(
      Array.from({ length: 8 }, (_, index) => api.addAddress({ ...home, isDefault: index % 2 === 0 })),
    )
    assert.equal((await defaultsOf(someone)).length, 1)
    await Promise.all([
      ...added.slice(0, 4).map(({ id }) => api.changeAddress({ ...home, addressId: id, isDefault: true })),
      ...added.slice(4, 7).map(({ id }) => api.removeAddress({ addressId: id })),
    ])

    assert.equal((await api.listAddresses()).items.length, 5)
    assert.equal((await defaultsOf(someone)).length, 1)
  })

  it('holds fifty addresses, even if the last two are added at once', async () => {
    const someone = await member()
    const api = platform.api(user, someone)
    for (let count = 0; count < 49; count++) await api.addAddress(home)

    const answers = await Promise.all(
      [1, 2].map(() => platform.request('POST', '/api/users/me/addresses', { as: someone, body: home })),
    )

    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409])
    assert.equal(answers.find(({ status }) => status === 409)?.body.code, 'too_many_addresses')
  })

  it("does not give access to other users' addresses", async () => {
    const [someone, other] = [await member(), await member()]
    const { id } = await platform.api(user, someone).addAddress(home)

    const changed = await platform.request('PUT', `/api/users/me/addresses/${id}`, { as: other, body: home })
    const removed = await platform.request('DELETE', `/api/users/me/addresses/${id}`, { as: other })

    assert.deepEqual([changed.status, changed.body.code], [404, 'address_not_found'])
    assert.equal(removed.status, 204)
    assert.deepEqual(await defaultsOf(someone), [id])
    assert.deepEqual(await platform.api(user, other).listAddresses(), { items: [] })
  })

  it('accepts any postal code of other countries, but only five digits in Korea', async () => {
    const someone = await member()
    const add = (change: object) =>
      platform.request('POST', '/api/users/me/addresses', { as: someone, body: { ...home, ...change } })

    const london = await add({ country: 'GB', postalCode: 'SW1A 1AA' })
    const short = await add({ postalCode: '0452' })

    assert.deepEqual([london.status, london.body.postalCode], [201, 'SW1A 1AA'])
    assert.deepEqual([short.status, short.body.code], [422, 'postal_code_invalid'])
    assert.deepEqual(short.body.errors, { postalCode: ['must have five digits in Korea'] })
  })

  it('needs a postal code in countries that use them, and none in others', async () => {
    const someone = await member()
    const { postalCode: _postalCode, ...without } = home
    const add = (body: object) => platform.request('POST', '/api/users/me/addresses', { as: someone, body })

    const hongKong = await add({ ...without, country: 'HK', line1: '1 Queen’s Road Central' })
    const [korea, empty, germany] = [
      await add(without),
      await add({ ...home, postalCode: '' }),
      await add({ ...without, country: 'DE' }),
    ]

    assert.deepEqual([hongKong.status, hongKong.body.postalCode], [201, ''])
    assert.deepEqual(
      [korea, empty, germany].map(({ status, body }) => [status, body.code, body.errors.postalCode]),
      [
        [422, 'postal_code_invalid', ['must have five digits in Korea']],
        [422, 'postal_code_invalid', ['must have five digits in Korea']],
        [422, 'postal_code_invalid', ['is missing']],
      ],
    )
  })

  for (const phone of ['010-1234-5678', '(02) 123-4567', '+1 (415) 555.0100', '+82 (0)10-1234-5678', '0212345678']) {
    it(`accepts ${phone} as a phone number`, async () => {
      const answer = await platform.request('POST', '/api/users/me/addresses', {
        as: await member(),
        body: { ...home, phone },
      })

      assert.deepEqual([answer.status, answer.body.phone], [201, phone])
    })
  }

  for (const [change, field] of [
    [{ recipient: '' }, 'recipient'],
    [{ recipient: undefined }, 'recipient'],
    [{ phone: '112' }, 'phone'],
    [{ postalCode: '-' }, 'postalCode'],
    [{ phone: '0------' }, 'phone'],
    [{ recipient: '\u200b' }, 'recipient'],
    [{ recipient: '김\u202e도란' }, 'recipient'],
    [{ line1: 'a\u001b[31mb' }, 'line1'],
    [{ line2: 'a\u2028b' }, 'line2'],
    [{ postalCode: 12345 }, 'postalCode'],
    [{ line1: '   ' }, 'line1'],
    [{ line1: 'x'.repeat(201) }, 'line1'],
    [{ line2: 'a\nb' }, 'line2'],
    [{ country: 'Korea' }, 'country'],
    [{ isDefault: 'yes' }, 'isDefault'],
  ] as const) {
    it(`refuses ${JSON.stringify(change).slice(0, 40)} of ${field}`, async () => {
      const someone = await member()

      const added = await platform.request('POST', '/api/users/me/addresses', {
        as: someone,
        body: { ...home, ...change },
      })
      const changed = await platform.request('PUT', `/api/users/me/addresses/${newId()}`, {
        as: someone,
        body: { ...home, ...change },
      })

      for (const answer of [added, changed]) {
        assert.deepEqual([answer.status, answer.body.code], [422, 'validation_failed'])
        assert.ok(answer.body.errors[field])
      }
    })
  }

  it('needs a signed-in user and ids that are UUIDs', async () => {
    const someone = await member()

    const anonymous = await platform.request('POST', '/api/users/me/addresses', { body: home })
    const noId = await platform.request('DELETE', '/api/users/me/addresses/first', { as: someone })

    assert.deepEqual([anonymous.status, anonymous.body.code], [401, 'token_missing'])
    assert.deepEqual([noId.status, noId.body.errors], [422, { addressId: ['must be a UUID'] }])
  })
})
