import assert from 'node:assert/strict'
import test from 'node:test'
import { deviceOf } from './device.ts'

test('a device is named as a person would', () => {
  const phone = 'Mozilla/5.0 (Linux; Android 15; SM-S931N) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36'
  const desk = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15'

  assert.equal(deviceOf(phone), 'Chrome, Android')
  assert.equal(deviceOf(`${phone} SamsungBrowser/28.0`), 'Samsung Internet, Android')
  assert.equal(deviceOf(desk), 'Safari, macOS')
  assert.equal(deviceOf('curl/8.7.1'), 'curl')
})

test('what is not recognised has no name', () => {
  assert.equal(deviceOf(null), undefined)
  assert.equal(deviceOf('something else'), undefined)
})
