import assert from 'node:assert/strict'
import test from 'node:test'
import { catalogue, translate } from './catalogue.ts'

const messages = catalogue({
  ko: { left: '{count}개 남음', hello: '{name}님, 안녕하세요', plain: '안녕' },
  en: { left: { one: '{count} is left', other: '{count} are left' }, hello: 'Hello {name}', plain: 'Hello' },
})

test('gaps are filled in', () => {
  assert.equal(translate(messages, 'ko')('hello', { name: '도란' }), '도란님, 안녕하세요')
  assert.equal(translate(messages, 'en')('plain'), 'Hello')
})

test('the plural follows the language, and numbers are grouped', () => {
  const t = translate(messages, 'en')

  assert.equal(t('left', { count: 1 }), '1 is left')
  assert.equal(t('left', { count: 1200 }), '1,200 are left')
  assert.equal(translate(messages, 'ko')('left', { count: 1 }), '1개 남음')
})

test('what is filled in is text, not a pattern', () => {
  assert.equal(translate(messages, 'en')('hello', { name: '{name} $& <b>' }), 'Hello {name} $& <b>')
})
