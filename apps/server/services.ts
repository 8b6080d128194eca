/** All services, for whoever needs every one of them; a process that runs a few loads those by `loaders.ts`. */
import type { ErrorFactory, Service } from '@doran/kernel/platform'
import { errorsOf, loadServices } from './loaders.ts'

export { identity } from './loaders.ts'

/** Everything that Doran is made of. */
export const services: readonly Service[] = await loadServices()

/** Every error that a caller may be answered with. */
export const errors: readonly ErrorFactory[] = errorsOf(services)
