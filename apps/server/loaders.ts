/** How each service of Doran is loaded: a process loads the code of those that it runs, and of the others no more than it needs. */
import { auth } from '@doran/auth/contract'
import type { Contract } from '@doran/kernel/contract'
import { type ErrorFactory, kernelErrors, type PlatformOptions, type Service } from '@doran/kernel/platform'

/** Everything that Doran is made of: the one list of its services, which are packages named `@doran/<name>`. */
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

/** The services of these names; all of them unless told which. */
export function loadServices(names = serviceNames): Promise<Service[]> {
  return Promise.all(names.map(async (name) => (await import(`@doran/${name}`)).default as Service))
}

/** What the services of these names offer, without their code. */
export function loadContracts(names: readonly string[]): Promise<Contract[]> {
  return Promise.all(names.map(loadContract))
}

/** Every error that a caller of these services may be answered with. */
export function errorsOf(services: readonly Service[]): ErrorFactory[] {
  return [...Object.values(kernelErrors), ...services.flatMap(({ errors }) => Object.values(errors))]
}

/** Tokens are signed by the auth service, which also says what has been revoked. */
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
