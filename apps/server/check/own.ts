/** The invariants that services declare of their own tables. */
import type { Invariant } from '@doran/kernel/invariants'
import { serviceNames } from '../loaders.ts'
import type { CheckContext } from './context.ts'
import { INVARIANTS } from './finding.ts'
import { type Scan, suspectsOf } from './scan.ts'

export interface OwnInvariant extends Invariant {
  readonly service: string
}

/** Loads the list `invariants` of each service whose package exports it. */
export async function loadInvariants(): Promise<OwnInvariant[]> {
  const lists = await Promise.all(
    serviceNames.map(async (service) => {
      const { invariants = [] } = await loadModule(service)
      return invariants.map((invariant) => ({ ...invariant, service }))
    }),
  )
  return lists.flat()
}

async function loadModule(service: string): Promise<{ invariants?: readonly Invariant[] }> {
  try {
    return await import(`@doran/${service}/invariants`)
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return {}
    throw error
  }
}

/** Returns the sentence of each invariant by its name: those of this folder, then those of services. */
export function sentencesOf(own: readonly OwnInvariant[]): ReadonlyMap<string, string> {
  const sentences = new Map<string, string>(Object.entries(INVARIANTS))
  for (const { service, name, about } of own) {
    if (about !== undefined && sentences.has(name) && sentences.get(name) !== about) {
      throw new Error(`the invariant ${name} of ${service} has another sentence than before`)
    }
    if (about !== undefined) sentences.set(name, about)
    if (!sentences.has(name)) throw new Error(`the invariant ${name} of ${service} has no sentence (\`about\`)`)
  }
  return sentences
}

export function ownScans(context: CheckContext, own: readonly OwnInvariant[]): Scan[] {
  return own.map(({ service, name, byTime, page, inspect }) => {
    const db = context.database(service)
    return {
      invariants: [name],
      page: (after) => page(db, after ?? (byTime ? context.from : undefined)),
      inspect: async (subjects) => suspectsOf(name, await inspect(db, subjects)),
    }
  })
}
