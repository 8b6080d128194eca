import { kernelErrors } from '../contract/errors.ts'
import type { Service } from '../service/service.ts'

/** `refuses`: calls do nothing and fail. `loses answers`: calls do their work, but no answer arrives. */
export type OutageKind = 'refuses' | 'loses answers'

/** Makes a service unavailable to its callers while its process runs. */
export class Outage {
  /** The service to give to the platform. */
  readonly service: Service
  /** Number of calls that have failed since the outage began. */
  failed = 0
  /** Called before each call of an operation. The call fails with the error that this function throws. */
  beforeCall: (operation: string) => unknown = () => {}
  #kind: OutageKind | undefined
  #hasBegun = false
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

  /** Starts the outage at the next call, or at the next call of the operation `at`. */
  begin(kind: OutageKind, at?: string): void {
    this.#kind = kind
    this.#at = at
    this.#hasBegun = at === undefined
    this.failed = 0
  }

  end(): void {
    this.#kind = undefined
  }

  #during(operation: string): OutageKind | undefined {
    if (!this.#kind) return
    this.#hasBegun ||= operation === this.#at
    if (!this.#hasBegun) return
    this.failed++
    return this.#kind
  }
}
