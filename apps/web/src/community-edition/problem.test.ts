import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asProblem } from './problem.ts'

function json(body: unknown, status: number, type = 'application/json'): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': type } })
}

test('a refusal with errors alone becomes a problem that has them', async () => {
  const refusal = json({ errors: { email: ['is taken'], token: 'is missing' } }, 400)

  const problem = await asProblem(refusal)

  assert.equal(problem.headers.get('content-type'), 'application/problem+json')
  const { status, code, errors } = (await problem.json()) as Record<string, unknown>
  assert.deepEqual(
    { status, code, errors },
    {
      status: 400,
      code: 'http_400',
      errors: { email: ['is taken'], token: ['is missing'] },
    },
  )
})

test('a refusal without JSON becomes a problem without errors', async () => {
  const problem = await asProblem(new Response('<h1>Bad gateway</h1>', { status: 502 }))

  assert.equal('errors' in ((await problem.json()) as object), false)
})

test('problems and successes stay as they are', async () => {
  for (const response of [json({ code: 'email_taken' }, 409, 'application/problem+json'), json({}, 200)]) {
    assert.equal(await asProblem(response), response)
  }
})
