/**
 * Lets the application import services' contracts unchanged. The browser needs only the operations' addresses and the
 * place of each field, so the import is reduced to these: schemas and services stay behind.
 */
import { type Contract, isFlat, mediaTypeOf, type Operation } from '@doran/kernel/contract'
import type { Plugin } from 'vite'

const IMPORT = /^@doran\/[a-z-]+\/contract$/
const MARK = '\0contract:'

export function contracts(): Plugin {
  return {
    name: 'doran-contracts',
    enforce: 'pre',
    resolveId: (id) => (IMPORT.test(id) ? MARK + id : null),
    async load(id) {
      if (!id.startsWith(MARK)) return null
      const module: Record<string, unknown> = await import(id.slice(MARK.length))
      return Object.entries(module)
        .filter((entry): entry is [string, Contract] => isContract(entry[1]))
        .map(([name, contract]) => `export const ${name} = ${JSON.stringify(forBrowser(contract))}`)
        .join('\n')
    },
  }
}

function isContract(value: unknown): value is Contract {
  return typeof value === 'object' && value !== null && 'name' in value && 'operations' in value
}

function forBrowser({ name, operations }: Contract) {
  const called = Object.entries(operations).filter(([, { access, socket }]) => access !== 'internal' && !socket)
  return { name, operations: Object.fromEntries(called.map(([name, operation]) => [name, slim(operation)])) }
}

/** The part of an operation that the kernel's `httpClient` reads. */
function slim({ method, route, query, headers, body, envelope }: Operation) {
  return {
    method,
    route,
    ...(query && { query: { properties: namesOf(query.properties) } }),
    ...(headers && { headers: { properties: namesOf(headers.properties) } }),
    ...(body && { body: isFlat(body) ? { type: 'object' } : { contentMediaType: mediaTypeOf(body) } }),
    ...(envelope && { envelope }),
  }
}

function namesOf(properties: Record<string, unknown>): Record<string, 1> {
  return Object.fromEntries(Object.keys(properties).map((name) => [name, 1]))
}
