import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOfRegistration, problemsOfSignIn } from './account-form.ts'

const mina = { name: 'Mina', email: 'mina@example.com', password: 'correct horse' }

describe('the forms for signing in and signing up', () => {
  it('accept complete input', () => {
    assert.deepEqual(problemsOfRegistration(mina), {})
    assert.deepEqual(problemsOfSignIn({ ...mina, name: '', password: 'old' }), {})
  })

  it('report each missing field', () => {
    assert.deepEqual(problemsOfRegistration({ name: '', email: '', password: '' }), {
      name: 'name_missing',
      email: 'email_missing',
      password: 'password_missing',
    })
  })

  it('report an invalid address and a short password before anything is sent', () => {
    assert.deepEqual(problemsOfRegistration({ ...mina, email: 'mina@example', password: 'short' }), {
      email: 'email_invalid',
      password: 'password_short',
    })
  })
})
