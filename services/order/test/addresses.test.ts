import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { sql } from '@doran/kernel'
import { order } from '@doran/order/contract'
import userService from '@doran/user'
import { user } from '@doran/user/contract'
import { address, openShop, SERVICES, type Shop } from './shop.ts'

describe('the address of an order', () => {
  let shop: Shop
  before(async () => {
    shop = await openShop({ services: [...SERVICES, userService] })
    await shop.stock([{ sku: 'TEA', price: 1_000, onHand: 1_000 }])
  })
  after(() => shop.close())

  async function place(input: object) {
    const buyer = await shop.platform.user()
    const api = shop.platform.api(order, buyer)
    const { id } = await api.createCart()
    await api.addLine({ cartId: id, sku: 'TEA', quantity: 1 })
    const body = { cartId: id, expectedTotal: 1_000, address, ...input }
    return shop.platform.request('POST', '/api/orders', { as: buyer, body })
  }

  it('may be an entry of the address book', async () => {
    const member = await shop.platform.user()
    await shop.platform.client(user).createUser({ userId: member.id, email: 'a@example.com', name: 'Kim' })
    const book = shop.platform.api(user, member)
    await book.addAddress({ ...address, isDefault: true })
    await book.addAddress({ ...address, line2: '3층', isDefault: false })
    await book.addAddress({ ...address, country: 'GB', postalCode: 'sw1a 1aa', isDefault: false })
    await book.addAddress({ ...address, country: 'HK', postalCode: '', isDefault: false })
    const { items } = await book.listAddresses()

    const answers = await Promise.all(items.map((saved) => place({ address: saved })))

    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.address.postalCode, body.address.line2]),
      items.map(({ postalCode, line2 }) => [201, postalCode, line2 ?? undefined]),
    )
    assert.ok(items.some(({ postalCode }) => postalCode === 'SW1A 1AA'))
  })

  it('is stored with the fields of an address and no others', async () => {
    const answer = await place({ address: { ...address, isAdmin: true, blob: 'x'.repeat(10_000) } })

    const stored = await shop.platform
      .database('order')
      .one<{ address: object }>(sql`select address from "order".orders where id = ${answer.body.id}`)
    assert.deepEqual([answer.status, answer.body.address, stored.address], [201, address, address])
  })

  for (const [what, change, field] of [
    ['with a blank recipient', { recipient: '  ' }, 'address.recipient'],
    ['with an invisible recipient', { recipient: '\u200b' }, 'address.recipient'],
    ['without digits in its phone number', { phone: '0------' }, 'address.phone'],
    ['without a street', { line1: '  ' }, 'address.line1'],
    ['with a line break in its street', { line1: 'a\nb' }, 'address.line1'],
    ['with an escape sequence in its street', { line1: 'a\u001b[2Jb' }, 'address.line1'],
    ['with a change of text direction', { line2: 'a\u202eb' }, 'address.line2'],
  ] as const) {
    it(`is refused ${what}`, async () => {
      const { status, body } = await place({ address: { ...address, ...change } })

      assert.deepEqual([status, body.code, Object.keys(body.errors)], [422, 'validation_failed', [field]])
    })
  }

  it('is refused with a postal code that does not fit its country', async () => {
    const { status, body } = await place({ address: { ...address, postalCode: 'ABC' } })

    assert.deepEqual(
      [status, body.code, body.errors],
      [422, 'address_invalid', { 'address.postalCode': ['must have five digits in Korea'] }],
    )
  })

  it('may come with a note of several lines, but without control characters', async () => {
    const kept = await place({ note: '문 앞에 놓아 주세요.\n벨은 누르지 마세요.' })
    const refused = await place({ note: 'a\u001b[2Jb' })

    assert.deepEqual([kept.status, kept.body.note], [201, '문 앞에 놓아 주세요.\n벨은 누르지 마세요.'])
    assert.deepEqual([refused.status, Object.keys(refused.body.errors)], [422, ['note']])
  })
})
