import { setTimeout as pause } from 'node:timers/promises'
import type { Processes } from '../journeys/processes.ts'

/**
 * Balances requests like a load balancer: alternates between the gateways whose readiness check succeeds. If no check
 * succeeds, it uses the gateways whose check last did.
 */
export function balanceLoad({ gateways }: Processes): { next(): string; stop(): Promise<void> } {
  let ready = gateways
  let turn = 0
  let watching = true
  const isReady = (url: string) =>
    fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(500) }).then(
      ({ ok }) => ok,
      () => false,
    )
  const watch = async () => {
    while (watching) {
      const answers = await Promise.all(gateways.map(isReady))
      const open = gateways.filter((_, index) => answers[index])
      if (open.length > 0) ready = open
      await pause(50)
    }
  }
  const stopped = watch()
  return {
    next: () => ready[turn++ % ready.length] as string,
    async stop() {
      watching = false
      await stopped
    },
  }
}
