import { kernelErrors } from '../contract/errors.ts'
import type { Service } from '../service/service.ts'

/** `refuses`: nothing is done. `loses answers`: everything is done, and no answer arrives. */
export type OutageKind = 'refuses' | 'loses answers'

/** A service that can be kept away from its callers while its process runs. */
export class Outage {
  /** The service as the platform is to run it. */
  readonly service: Service
  /** Calls that have failed since it began. */
  failed = 0
  /** Told of each call before it is answered; the call fails with what it throws. */
  beforeCall: (operation: string) => unknown = () => {}
  #kind: OutageKind | undefined
  #since = false
  #at: string | undefined

  constructor(service: Service) {
    const operations = Object.entries(service.operations).map(([name, handler]): [string, typeof handler] => [
      name,
      async (input, ctx) => {
        await this.beforeCall(name)
        const kind = this.#during(name)
        if (kind === 'refuses') throw kernelErrors.serviceUnavailable({ service: service.contract.name, retryAfter: 1 })
        const reply = await handler(input, ctx)
        if (kind) throw kernelErrors.outcomeUnknown({ service: service.contract.name })
        return reply
      },
    ])
    this.service = { ...service, operations: Object.fromEntries(operations) }
  }

  /** Keeps the service away from its next call on; from the next call of the operation `at`, when it is given. */
  begin(kind: OutageKind, at?: string): void {
    this.#kind = kind
    this.#at = at
    this.#since = at === undefined
    this.failed = 0
  }

  end(): void {
    this.#kind = undefined
  }

  #during(operation: string): OutageKind | undefined {
    if (!this.#kind) return
    this.#since ||= operation === this.#at
    if (!this.#since) return
    this.failed++
    return this.#kind
  }
}
