import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOfRegistration, problemsOfSignIn } from './account-form.ts'

const mina = { name: 'Mina', email: 'mina@example.com', password: 'correct horse' }

describe('the forms for signing in and up', () => {
  it('find nothing wrong with what is complete', () => {
    assert.deepEqual(problemsOfRegistration(mina), {})
    assert.deepEqual(problemsOfSignIn({ ...mina, name: '', password: 'old' }), {})
  })

  it('say at each field what is missing', () => {
    assert.deepEqual(problemsOfRegistration({ name: '', email: '', password: '' }), {
      name: 'name_missing',
      email: 'email_missing',
      password: 'password_missing',
    })
  })

  it('say what is no address, and which password is too short, before anything is sent', () => {
    assert.deepEqual(problemsOfRegistration({ ...mina, email: 'mina@example', password: 'short' }), {
      email: 'email_invalid',
      password: 'password_short',
    })
  })
})
