import assert from 'node:assert/strict'
import { test } from 'node:test'
import { choiceOf, choose, priceRange, soleOffer, valueState, variantOf } from '../variants.ts'

const named = (...codes: string[]) => codes.map((code) => ({ code, name: { ko: code, en: code } }))
const variant = (sku: string, price: number, ...options: string[]) => ({
  sku,
  price,
  currency: 'KRW' as const,
  options,
  compareAtPrice: null,
})

/** A red one in S and M, a blue one in M only, all of linen. */
const SHIRT = {
  options: [
    { name: { ko: '색', en: 'Colour' }, values: named('red', 'blue') },
    { name: { ko: '크기', en: 'Size' }, values: named('s', 'm') },
    { name: { ko: '소재', en: 'Material' }, values: named('linen') },
  ],
  variants: [
    variant('RS', 100, 'red', 's', 'linen'),
    variant('RM', 120, 'red', 'm', 'linen'),
    variant('BM', 110, 'blue', 'm', 'linen'),
  ],
}
const STOCK = new Map([
  ['RS', 5],
  ['RM', 0],
])

test('a SKU in the address is chosen', () => {
  assert.deepEqual(choiceOf(SHIRT, 'RM'), ['red', 'm', 'linen'])
})

test('an unknown SKU chooses only what leaves no choice', () => {
  assert.deepEqual(choiceOf(SHIRT, 'GONE'), [undefined, undefined, 'linen'])
})

test('a complete choice is a variant, any other is none', () => {
  assert.equal(variantOf(SHIRT, ['blue', 'm', 'linen'])?.sku, 'BM')
  assert.equal(variantOf(SHIRT, ['blue', undefined, 'linen']), undefined)
})

test('a product without options is its only variant', () => {
  const soap = { options: [], variants: [variant('SOAP', 90)] }

  assert.equal(variantOf(soap, choiceOf(soap, undefined))?.sku, 'SOAP')
})

test('choosing keeps what exists together and drops what does not', () => {
  assert.deepEqual(choose(SHIRT, ['blue', 'm', 'linen'], 0, 'red'), ['red', 'm', 'linen'])
  assert.deepEqual(choose(SHIRT, ['red', 's', 'linen'], 0, 'blue'), ['blue', undefined, undefined])
})

test('a value is sold out when all that it can be bought with is', () => {
  assert.equal(valueState(SHIRT, ['red', undefined, 'linen'], STOCK, 1, 's'), 'offered')
  assert.equal(valueState(SHIRT, ['red', undefined, 'linen'], STOCK, 1, 'm'), 'sold-out')
  assert.equal(valueState(SHIRT, [undefined, undefined, 'linen'], STOCK, 0, 'blue'), 'sold-out')
})

test('a value that does not exist with what is chosen is missing', () => {
  assert.equal(valueState(SHIRT, ['blue', undefined, 'linen'], STOCK, 1, 's'), 'missing')
})

test('nothing is called sold out before stock is known', () => {
  assert.equal(valueState(SHIRT, ['red', 'm', 'linen'], undefined, 1, 'm'), 'offered')
})

test('prices range from the lowest to the highest', () => {
  assert.deepEqual(priceRange(SHIRT), { from: 100, to: 120 })
})

test('variants that all cost the same are one offer', () => {
  const scarf = { options: [], variants: [variant('A', 90, 'red'), variant('B', 90, 'blue')] }

  assert.equal(soleOffer(scarf)?.price, 90)
  assert.equal(soleOffer(SHIRT), undefined)
})
