/**
 * How each service of Doran is loaded. A process loads the code of the services that it runs, and only contracts of the
 * others.
 */
import { auth } from '@doran/auth/contract'
import type { Contract } from '@doran/kernel/contract'
import { type ErrorFactory, kernelErrors, type PlatformOptions, type Service } from '@doran/kernel/platform'

interface Loader {
  readonly service: () => Promise<{ default: Service }>
  readonly contract: () => Promise<Contract>
}

/** All services of Doran. */
const loaders: Readonly<Record<string, Loader>> = {
  auth: {
    service: () => import('@doran/auth'),
    contract: async () => auth,
  },
  user: {
    service: () => import('@doran/user'),
    contract: async () => (await import('@doran/user/contract')).user,
  },
  product: {
    service: () => import('@doran/product'),
    contract: async () => (await import('@doran/product/contract')).product,
  },
  inventory: {
    service: () => import('@doran/inventory'),
    contract: async () => (await import('@doran/inventory/contract')).inventory,
  },
  order: {
    service: () => import('@doran/order'),
    contract: async () => (await import('@doran/order/contract')).order,
  },
  payment: {
    service: () => import('@doran/payment'),
    contract: async () => (await import('@doran/payment/contract')).payment,
  },
  profile: {
    service: () => import('@doran/profile'),
    contract: async () => (await import('@doran/profile/contract')).profile,
  },
  article: {
    service: () => import('@doran/article'),
    contract: async () => (await import('@doran/article/contract')).article,
  },
  comment: {
    service: () => import('@doran/comment'),
    contract: async () => (await import('@doran/comment/contract')).comment,
  },
  gateway: {
    service: () => import('@doran/gateway'),
    contract: async () => (await import('@doran/gateway/contract')).gateway,
  },
}

export const serviceNames: readonly string[] = Object.keys(loaders)

/** Loads the services of these names; all services by default. */
export function loadServices(names = serviceNames): Promise<Service[]> {
  return Promise.all(names.map(async (name) => (await loaderOf(name).service()).default))
}

/** Loads the contracts of the services of these names, without their code. */
export function loadContracts(names: readonly string[]): Promise<Contract[]> {
  return Promise.all(names.map((name) => loaderOf(name).contract()))
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

function loaderOf(name: string): Loader {
  return loaders[name] as Loader
}
