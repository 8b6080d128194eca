import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Cart, CartLine } from '@doran/order/contract'
import { groupBySeller, withoutLine, withQuantity } from './cart-changes.ts'

const line = (sku: string, more: Partial<CartLine> = {}): CartLine => ({
  sku,
  productId: null,
  sellerId: 'a',
  sellerName: { ko: '가', en: 'A' },
  name: null,
  optionText: null,
  image: null,
  quantity: 1,
  price: 1_000,
  priceSeen: 1_000,
  lineTotal: 1_000,
  available: 5,
  problem: null,
  ...more,
})

const cartOf = (...lines: CartLine[]): Cart => ({ id: 'c', buyerId: null, lines, total: 0, currency: 'KRW' })

describe('a cart change that the API has not answered yet', () => {
  it('shows the new quantity in the line and in the total', () => {
    const cart = withQuantity(cartOf(line('TEA'), line('CUP')), 'TEA', 3)

    assert.deepEqual([cart.lines[0]?.quantity, cart.lines[0]?.lineTotal, cart.total], [3, 3_000, 4_000])
  })

  it('accepts a changed price', () => {
    const cart = withQuantity(cartOf(line('TEA', { price: 1_200 })), 'TEA', 2)

    assert.deepEqual([cart.lines[0]?.priceSeen, cart.total], [1_200, 2_400])
  })

  it('leaves short lines out of the total, and unsold lines unchanged', () => {
    const cart = withQuantity(cartOf(line('TEA'), line('CUP', { problem: 'not_on_sale' })), 'TEA', 6)

    assert.deepEqual(
      cart.lines.map(({ problem }) => problem),
      ['not_enough_stock', 'not_on_sale'],
    )
    assert.equal(cart.total, 0)
  })

  it('removes a line', () => {
    const cart = withoutLine(cartOf(line('TEA'), line('CUP')), 'TEA')

    assert.deepEqual([cart.lines.map(({ sku }) => sku), cart.total], [['CUP'], 1_000])
  })
})

describe('the lines of a cart', () => {
  it('are grouped by seller in order of first appearance, with a sum of the orderable lines', () => {
    const groups = groupBySeller([
      line('TEA'),
      line('CUP', { sellerId: 'b' }),
      line('POT'),
      line('CAN', { problem: 'not_on_sale' }),
    ])

    assert.deepEqual(
      groups.map(({ sellerId, lines, subtotal }) => [sellerId, lines.length, subtotal]),
      [
        ['a', 3, 2_000],
        ['b', 1, 1_000],
      ],
    )
  })
})
