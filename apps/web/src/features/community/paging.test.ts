import assert from 'node:assert/strict'
import { test } from 'node:test'
import { offeredPages, readFeedSearch, readListSearch } from './paging.ts'

test('all pages are offered while they are few', () => {
  assert.deepEqual(offeredPages(1, 2), [1, 2])
  assert.deepEqual(offeredPages(3, 5), [1, 2, 3, 4, 5])
})

test('of many pages the ends and the neighbours are offered, and no gap hides a single page', () => {
  assert.deepEqual(offeredPages(10, 20), [1, null, 9, 10, 11, null, 20])
  assert.deepEqual(offeredPages(4, 20), [1, 2, 3, 4, 5, null, 20])
  assert.deepEqual(offeredPages(20, 20), [1, null, 19, 20])
})

test('a page after the last is no page', () => {
  assert.deepEqual(offeredPages(99, 3), [1, 2, 3])
})

test('an address says which page, if it is one after the first', () => {
  assert.deepEqual(readListSearch({ page: 3 }), { page: 3 })
  for (const page of [1, 0, -2, 1.5, 'many', undefined]) assert.deepEqual(readListSearch({ page }), {})
})

test('an address says which feed', () => {
  assert.deepEqual(readFeedSearch({ feed: 'following', page: '2' }), { feed: 'following', page: 2 })
  assert.deepEqual(readFeedSearch({ feed: 'other' }), {})
})
