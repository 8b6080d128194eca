/** What can go wrong with a call, told apart. */
import { DomainError } from '@doran/kernel/client'

/** Whether the API has refused, with which of these codes. Without codes: whether it has refused at all. */
export function isRefusal(error: unknown, ...codes: string[]): error is DomainError {
  return error instanceof DomainError && (codes.length === 0 || codes.includes(error.code))
}

/** Whether the request has not reached anybody: `fetch` throws a TypeError then. */
export function isOffline(error: unknown): boolean {
  return error instanceof TypeError || !navigator.onLine
}

/** Trying the same again may help: the network, or a server in trouble. */
export function isPassing(error: unknown): boolean {
  return !isRefusal(error) || error.status >= 500 || error.status === 429
}

/** What the API says of a field of the input that it has refused. */
export function fieldErrors(error: unknown): Record<string, string[]> {
  return (isRefusal(error) && error.errors) || {}
}
