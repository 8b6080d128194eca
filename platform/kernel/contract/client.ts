/** The typed client over HTTP. It needs nothing but contracts, so it runs in browsers as well as in Node.js. */
import { type Client, type Contract, isFlat, mediaTypeOf, type Operation } from './contract.ts'
import { DomainError, fromProblem, type Problem } from './errors.ts'

export { DomainError }

export interface HttpRequest {
  method: string
  /** Path and query, beginning with `/`. */
  url: string
  headers: Record<string, string>
  body: string | undefined
}

export interface HttpClientOptions {
  /** Base URL of Doran, without a trailing slash. */
  baseUrl: string
  /** Returns the access token of the user on whose behalf to call. Called for each request. */
  token?: () => string | undefined
  fetch?: (url: string, request: Omit<HttpRequest, 'url'> & { signal?: AbortSignal }) => Promise<Response>
}

/**
 * One function for each public operation of a contract. An error answer is thrown as the service's {@link DomainError}.
 */
export function httpClient<C extends Contract>(contract: C, options: HttpClientOptions): Client<C> {
  const send = options.fetch ?? fetch
  const call = async (operation: Operation, input: Record<string, unknown>, key?: string, timeout?: number) => {
    const { url, ...request } = toRequest(operation, input)
    const token = options.token?.()
    if (token) request.headers.authorization = `Bearer ${token}`
    if (key) request.headers['idempotency-key'] = key
    const response = await send(options.baseUrl + url, {
      ...request,
      ...(timeout !== undefined && { signal: AbortSignal.timeout(timeout) }),
    })
    return readReply(response)
  }
  return Object.fromEntries(
    Object.entries(contract.operations).map(([name, operation]) => [
      name,
      (input: Record<string, unknown> = {}, { key, timeout }: { key?: string; timeout?: number } = {}) =>
        call(operation, input, key, timeout),
    ]),
  ) as Client<C>
}

/** Splits a flat input into path, query and headers, as the contract declares them. The rest is the body. */
export function toRequest(operation: Operation, input: Record<string, unknown>): HttpRequest {
  const rest = { ...input }
  const take = (name: string) => {
    const value = rest[name]
    delete rest[name]
    return value
  }
  const path = (operation.route as string).replace(/:(\w+)/g, (_, name) => encodeURIComponent(String(take(name))))
  const query = new URLSearchParams()
  for (const name of Object.keys(operation.query?.properties ?? {})) {
    for (const value of [take(name)].flat()) if (value !== undefined) query.append(name, String(value))
  }
  const headers: Record<string, string> = {}
  for (const name of Object.keys(operation.headers?.properties ?? {})) {
    const value = take(name)
    if (value !== undefined) headers[name] = String(value)
  }
  const { body, envelope } = operation
  if (body) headers['content-type'] = mediaTypeOf(body) ?? 'application/json'
  return {
    method: operation.method,
    url: `/api${path}${query.size > 0 ? `?${query}` : ''}`,
    headers,
    body: !body
      ? undefined
      : isFlat(body)
        ? JSON.stringify(envelope ? { [envelope]: rest } : rest)
        : mediaTypeOf(body)
          ? String(rest.body)
          : JSON.stringify(rest.body),
  }
}

async function readReply(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? ''
  if (response.ok) return type.includes('json') ? response.json() : (await response.text()) || undefined
  if (!type.includes('problem+json')) {
    throw new DomainError({
      code: 'bad_gateway',
      status: 502,
      message: `Doran answered ${response.status} without saying why.`,
    })
  }
  throw fromProblem((await response.json()) as Problem)
}
