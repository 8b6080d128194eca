/**
 * Other RealWorld implementations refuse with `errors` only. This turns their answers into problems, so that the client
 * throws the same errors as for Doran.
 */
export async function asProblem(response: Response): Promise<Response> {
  const type = response.headers.get('content-type') ?? ''
  if (response.ok || type.includes('problem+json')) return response
  const { status } = response
  const errors = fieldErrorsOf(await response.json().catch(() => undefined))
  const problem = { type: 'about:blank', title: 'refused', code: `http_${status}`, status, detail: `Status ${status}` }
  return new Response(JSON.stringify(errors ? { ...problem, errors } : problem), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  })
}

function fieldErrorsOf(body: unknown): Record<string, string[]> | undefined {
  const errors = body instanceof Object && 'errors' in body ? body.errors : undefined
  if (!(errors instanceof Object)) return undefined
  return Object.fromEntries(Object.entries(errors).map(([field, messages]) => [field, [messages].flat().map(String)]))
}
