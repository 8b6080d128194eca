import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withTags } from './drafts.ts'
import { blankFields } from './form-fields.ts'
import { minutesToRead } from './reading-time.ts'

test('typed tags are added once each, without hashes, spaces and commas', () => {
  assert.deepEqual(withTags(['tea'], ' #coffee, tea ,,slow living'), ['tea', 'coffee', 'slow living'])
  assert.deepEqual(withTags(['tea'], '  '), ['tea'])
})

test('fields with nothing but spaces are blank', () => {
  assert.deepEqual(blankFields({ title: ' ', body: 'text' }, ['title', 'description', 'body']), [
    'title',
    'description',
  ])
})

test('reading takes as long in Korean as it does in English', () => {
  assert.equal(minutesToRead('가'.repeat(1_500)), 3)
  assert.equal(minutesToRead('word '.repeat(690)), 3)
  assert.equal(minutesToRead(''), 1)
})
