import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countActive, readFilters } from '../filters.ts'

test('an address with filters is read as it was written', () => {
  const search = { q: '김치', brand: 'narin-ol', minPrice: 10_000, maxPrice: 30_000, sort: 'price-asc' }

  assert.deepEqual(readFilters(search), search)
})

test('numbers and words are taken for each other', () => {
  assert.deepEqual(readFilters({ q: 2026, minPrice: '5000' }), { q: '2026', minPrice: 5000 })
})

test('prices in the wrong order change places', () => {
  assert.deepEqual(readFilters({ minPrice: 500, maxPrice: 100 }), { minPrice: 100, maxPrice: 500 })
})

test('what is wrong in an address is dropped', () => {
  const search = { q: ' \n ', brand: 'No Slug', category: ['food'], minPrice: -1, maxPrice: 1.5, sort: 'best', page: 3 }

  assert.deepEqual(readFilters(search), {})
})

test('a search is one line of at most a hundred characters', () => {
  assert.deepEqual(readFilters({ q: `a\n${'b'.repeat(200)}` }), { q: `a ${'b'.repeat(98)}` })
})

test('both ends of a price range are one filter', () => {
  assert.equal(countActive({ brand: 'narin-ol', minPrice: 1, maxPrice: 2, sort: 'name' }), 2)
})
