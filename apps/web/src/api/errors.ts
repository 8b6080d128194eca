/** Tells the possible failures of a call apart. */
import { DomainError } from '@doran/kernel/client'

/** Whether the API has refused with one of these codes. Without codes: whether it has refused at all. */
export function isRefusal(error: unknown, ...codes: string[]): error is DomainError {
  return error instanceof DomainError && (codes.length === 0 || codes.includes(error.code))
}

/** Whether the request did not reach a server: `fetch` then throws a TypeError. */
export function isOffline(error: unknown): boolean {
  return error instanceof TypeError || !navigator.onLine
}

/** Whether trying again may help: there was no network, or the server failed. */
export function isTransient(error: unknown): boolean {
  return !isRefusal(error) || error.status >= 500 || error.status === 429
}

/** The API's message about a refused field of the input. */
export function fieldErrors(error: unknown): Record<string, string[]> {
  return (isRefusal(error) && error.errors) || {}
}
