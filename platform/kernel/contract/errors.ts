/** Errors for callers: RFC 9457 problems with a stable machine code. */

export interface ErrorDefinition {
  readonly code: string
  readonly status: number
  /** What went wrong and what to do. `{name}` is replaced by the detail of that name. */
  readonly message: string
  /** Messages by input field that every error of this kind carries. */
  readonly errors?: FieldErrors
}

export type FieldErrors = Record<string, string[]>

export interface Problem extends Record<string, unknown> {
  type: string
  title: string
  status: number
  code: string
  detail: string
  errors?: FieldErrors
}

/**
 * Made by a factory of {@link domainError}. It travels unchanged between services and becomes the problem in the
 * answer.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  readonly code: string
  readonly status: number
  /** Extra members of the problem, for example the value found and the value expected. */
  readonly details: Record<string, unknown>
  /** Messages by input field. */
  readonly errors: FieldErrors | undefined

  constructor(definition: ErrorDefinition, details: Record<string, unknown> = {}, errors?: FieldErrors) {
    super(definition.message.replace(/\{(\w+)\}/g, (_, name) => String(details[name] ?? '')))
    this.code = definition.code
    this.status = definition.status
    this.details = details
    this.errors = errors ?? definition.errors
  }
}

export interface ErrorFactory extends ErrorDefinition {
  (details?: Record<string, unknown>, errors?: FieldErrors): DomainError
  /** Whether a caught error is of this kind, also when it comes from another process. */
  is(error: unknown): error is DomainError
}

/**
 * Declares an error once: `export const cartEmpty = domainError('cart_empty', 409, 'The cart is empty.')`,
 * thrown as `throw cartEmpty()`. `errors` are its default messages by input field.
 */
export function domainError(code: string, status: number, message: string, errors?: FieldErrors): ErrorFactory {
  const definition: ErrorDefinition = { code, status, message, ...(errors && { errors }) }
  const factory = (details?: Record<string, unknown>, fields?: FieldErrors) =>
    new DomainError(definition, details, fields)
  const is = (error: unknown): error is DomainError => error instanceof DomainError && error.code === code
  return Object.assign(factory, definition, { is })
}

/** Errors of the kernel itself, which an operation of any service may answer with. */
export const kernelErrors = {
  validationFailed: domainError('validation_failed', 422, 'The input is not valid; see `errors` for each field.'),
  malformedBody: domainError('malformed_body', 400, 'The body could not be read: {reason}.'),
  bodyTooLarge: domainError(
    'body_too_large',
    413,
    'The body is larger than {limit} bytes, the most that this operation reads.',
  ),
  malformedRequest: domainError('malformed_request', 400, 'The request could not be read: {reason}.'),
  headersTooLarge: domainError('headers_too_large', 431, 'The headers of the request are larger than 16 kB.'),
  requestTimeout: domainError(
    'request_timeout',
    408,
    'The request took too long to arrive; nothing was done, so send it again.',
  ),
  unsupportedMediaType: domainError(
    'unsupported_media_type',
    415,
    'This operation does not read {found}; send {expected}.',
  ),
  tokenMissing: domainError(
    'token_missing',
    401,
    'This needs a signed-in user: send `Authorization: Bearer <token>`.',
    { token: ['is missing'] },
  ),
  tokenInvalid: domainError(
    'token_invalid',
    401,
    'The token is not valid or has expired: sign in again or refresh it.',
    { token: ['is invalid'] },
  ),
  signInAgain: domainError(
    'sign_in_again',
    403,
    'This needs a sign-in within the last five minutes: sign in again with your password, and repeat it.',
  ),
  forbidden: domainError('forbidden', 403, 'Your account may not do this.'),
  routeNotFound: domainError('route_not_found', 404, 'There is no {method} {path}; see /docs for all operations.'),
  idempotencyKeyInvalid: domainError(
    'idempotency_key_invalid',
    400,
    'An Idempotency-Key is 1 to 200 visible ASCII characters.',
  ),
  idempotencyKeyTooShort: domainError(
    'idempotency_key_too_short',
    400,
    'Without a signed-in user an Idempotency-Key has at least 32 characters that nobody can guess: send a random UUID.',
  ),
  idempotencyKeyReused: domainError(
    'idempotency_key_reused',
    422,
    'This Idempotency-Key was used with a different request; use a new key.',
  ),
  deadlineExceeded: domainError(
    'deadline_exceeded',
    504,
    'The request took longer than its deadline; its outcome is unknown, so look before you repeat it.',
  ),
  outcomeUnknown: domainError(
    'outcome_unknown',
    504,
    'The {service} service did not answer; whether it did the work is unknown, so look before you repeat it.',
  ),
  serviceUnavailable: domainError(
    'service_unavailable',
    503,
    'The {service} service cannot be reached; nothing was done. Try again in {retryAfter} seconds.',
  ),
  certificateMissing: domainError(
    'certificate_missing',
    403,
    'This port is for services with a certificate of our authority; see `doran certs`.',
  ),
  notOurService: domainError('not_our_service', 403, 'Calls between services need the token of a Doran service.'),
  databaseUnavailable: domainError(
    'database_unavailable',
    503,
    'The database cannot be used at the moment. Try again in {retryAfter} seconds, a change under the same Idempotency-Key.',
  ),
  overloaded: domainError('overloaded', 503, 'Doran is busy; try again in a moment.'),
  internalError: domainError(
    'internal_error',
    500,
    'Something went wrong on our side; quote the request id when you report it.',
  ),
}

/** The body of an error answer. An unknown error arrives as `internal_error`, so its content stays private. */
export function toProblem(error: DomainError): Problem {
  return {
    ...error.details,
    type: `/docs/errors#${error.code}`,
    title: error.code.replaceAll('_', ' '),
    status: error.status,
    code: error.code,
    detail: error.message,
    ...(error.errors && { errors: error.errors }),
  }
}

/** The error that a problem from another process stands for. */
export function fromProblem(problem: Problem): DomainError {
  const { type: _type, title: _title, status, code, detail, errors, ...details } = problem
  return new DomainError({ code, status, message: detail.replaceAll('{', '(') }, details, errors)
}
