/** Turns errors into RFC 9457 problems, also for input that is no valid request and never reaches a route. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import { DomainError, kernelErrors, toProblem } from '../contract/errors.ts'

/**
 * Headers for answers that are data (OWASP REST security cheat sheet). Browsers must not run scripts in them, frame
 * them, guess their type, store them, or use plain HTTP once they have seen the site with TLS.
 */
export const SECURITY_HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

const MEDIA_TYPE = 'application/problem+json; charset=utf-8'
/** Most characters of a path that an answer repeats. */
const MAX_PATH_CHARACTERS = 200

export function sendError(
  error: FastifyError | DomainError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): FastifyReply {
  const known = error instanceof DomainError ? error : translate(error, request)
  if (known.status >= 500) {
    log.error(
      {
        err: error,
        request: request.id,
        trace: request.trace?.traceId,
        operation: request.routeOptions?.config?.operation,
      },
      'a request failed',
    )
  }
  if (known.status === 401) reply.header('www-authenticate', 'Bearer')
  if (typeof known.details.retryAfter === 'number') reply.header('retry-after', known.details.retryAfter)
  return reply.code(known.status).type(MEDIA_TYPE).send(problemText(known, request.id))
}

/** Answers an error that occurred before the request had a route, so no hook has set headers. */
export function sendErrorWithoutRoute(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  log: Logger,
): void {
  reply.headers({ ...SECURITY_HEADERS, 'x-request-id': request.id })
  sendError(error, request, reply, log)
}

/** Answers input that the HTTP parser refused and requests whose head did not arrive in time; ends the connection. */
export function answerParserError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const { _httpMessage: answering } = socket as { _httpMessage?: { headersSent: boolean } }
  if (socket.writable && !answering?.headersSent) {
    const problem = parserError(error.code)
    const body = problemText(problem)
    const headers = { ...SECURITY_HEADERS, 'content-type': MEDIA_TYPE, 'content-length': Buffer.byteLength(body) }
    const lines = Object.entries({ ...headers, connection: 'close' }).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`)
  }
  socket.destroySoon()
}

export function routeNotFound({ method, url }: Pick<FastifyRequest, 'method' | 'url'>): DomainError {
  return kernelErrors.routeNotFound({ method, path: url.split('?')[0]?.slice(0, MAX_PATH_CHARACTERS) })
}

function problemText(error: DomainError, requestId?: string): string {
  return JSON.stringify({ ...toProblem(error), requestId })
}

function parserError(code: string | undefined): DomainError {
  if (code === 'HPE_HEADER_OVERFLOW') return kernelErrors.headersTooLarge()
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return kernelErrors.requestTimeout()
  return kernelErrors.malformedRequest({ reason: 'it is not valid HTTP' })
}

/** Translates errors of Fastify and unexpected errors to errors of the kernel. */
function translate(error: FastifyError, request: FastifyRequest): DomainError {
  const { bodyLimit, config } = request.routeOptions
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return kernelErrors.bodyTooLarge({ limit: bodyLimit })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return kernelErrors.unsupportedMediaType({
        found: request.headers['content-type']?.slice(0, 100) || 'a body without Content-Type',
        expected: config.reads ?? 'a request without a body',
      })
    case 'FST_ERR_BAD_URL':
      return kernelErrors.malformedRequest({ reason: 'its path is not percent-encoded UTF-8' })
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return kernelErrors.malformedRequest({ reason: 'a part of its path is too long' })
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return kernelErrors.malformedBody({ reason: error instanceof SyntaxError ? 'it is not valid JSON' : error.message })
  }
  return kernelErrors.internalError()
}
