import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type AddressForm, problemsOfAddress, toAddress, writtenPhone } from './address-form.ts'

const home: AddressForm = {
  recipient: '김도란',
  phone: '010-1234-5678',
  postalCode: '04524',
  line1: '서울 중구 세종대로 110',
  line2: '3층',
}

describe('the form of an address', () => {
  it('accepts a complete Korean address', () => {
    assert.deepEqual(problemsOfAddress(home), {})
  })

  it('reports each missing field; the second address line is optional', () => {
    const problems = problemsOfAddress({ ...home, recipient: ' ', phone: '', postalCode: '', line1: '', line2: '' })

    assert.deepEqual(problems, {
      recipient: 'recipient_missing',
      phone: 'phone_missing',
      postalCode: 'postal_missing',
      line1: 'line1_missing',
    })
  })

  it('reports an invalid phone number and an invalid postal code', () => {
    assert.deepEqual(problemsOfAddress({ ...home, phone: '12-34', postalCode: '4524' }), {
      phone: 'phone_invalid',
      postalCode: 'postal_invalid',
    })
  })

  it('becomes an address without the empty fields', () => {
    assert.deepEqual(toAddress({ ...home, line2: ' ' }), {
      recipient: '김도란',
      phone: '010-1234-5678',
      postalCode: '04524',
      line1: '서울 중구 세종대로 110',
      country: 'KR',
    })
  })
})

describe('a phone number', () => {
  it('gets the hyphens of Korean numbers', () => {
    assert.deepEqual(['01012345678', '0212345678', '021234567', '0311234567', '010 1234 5678'].map(writtenPhone), [
      '010-1234-5678',
      '02-1234-5678',
      '02-123-4567',
      '031-123-4567',
      '010-1234-5678',
    ])
  })

  it('stays as typed if it is foreign or incomplete', () => {
    assert.deepEqual(['+44 20 7946 0018', '0101'].map(writtenPhone), ['+44 20 7946 0018', '0101'])
  })
})
