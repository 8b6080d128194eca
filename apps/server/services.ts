/** All services, for code that needs every one of them. A process that runs only some loads those with `loaders.ts`. */
import type { ErrorFactory, Service } from '@doran/kernel/platform'
import { errorsOf, loadServices } from './loaders.ts'

export { identity } from './loaders.ts'

/** All services of Doran. */
export const services: readonly Service[] = await loadServices()

/** Every error that a caller may receive. */
export const errors: readonly ErrorFactory[] = errorsOf(services)
