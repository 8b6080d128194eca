/**
 * How each service of Doran is loaded. A process loads the code of the services that it runs, and only contracts of the
 * others.
 */
import { auth } from '@doran/auth/contract'
import type { Contract } from '@doran/kernel/contract'
import { type ErrorFactory, kernelErrors, type PlatformOptions, type Service } from '@doran/kernel/platform'

/** All services of Doran. This is the only list; service `x` is the package `@doran/x`. */
export const serviceNames: readonly string[] = [
  'auth',
  'user',
  'product',
  'inventory',
  'order',
  'payment',
  'profile',
  'article',
  'comment',
  'gateway',
]

/** Loads the services of these names; all services by default. */
export function loadServices(names = serviceNames): Promise<Service[]> {
  return Promise.all(names.map(async (name) => (await import(`@doran/${name}`)).default as Service))
}

/** Loads the contracts of the services of these names, without their code. */
export function loadContracts(names: readonly string[]): Promise<Contract[]> {
  return Promise.all(names.map(loadContract))
}

/** Returns every error that a caller of these services may receive. */
export function errorsOf(services: readonly Service[]): ErrorFactory[] {
  return [...Object.values(kernelErrors), ...services.flatMap(({ errors }) => Object.values(errors))]
}

/** The auth service signs tokens and lists what has been revoked. */
export const identity: PlatformOptions['identity'] = (client) => ({
  keys: () => client(auth).getKeys(),
  revocations: (since) => client(auth).getRevocations({ since }),
})

/** The contract among all that the package of the service exports for others. */
async function loadContract(service: string): Promise<Contract> {
  const exported: unknown[] = Object.values(await import(`@doran/${service}/contract`))
  const contract = exported.find(
    (value) => (value as Partial<Contract> | null)?.name === service && 'operations' in (value as object),
  )
  if (!contract) throw new Error(`@doran/${service}/contract exports no contract named ${service}`)
  return contract as Contract
}
