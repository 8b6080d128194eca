/**
 * Two marketplaces in the same language, Vendure 3 and Medusa 2, as measured on this kind of machine with the same
 * PostgreSQL: requests and orders a second (November 2026). They cannot be part of the run, so their figures are scaled
 * by bare node:http, which is part of it. Beside them it gave 16,000 to 20,000 requests a second.
 */
import type { Load, Side } from './rounds.ts'

export const PEERS = {
  list: { vendure: 131, medusa: 14 },
  detail: { vendure: 86, medusa: 30 },
  addToCart: { vendure: 33, medusa: 4 },
  checkout: { vendure: 7.8, medusa: 1 },
}

const BARE_THEN = 18_000

/** Returns what the faster peer would reach at the machine's present speed. */
export function fasterPeer(work: keyof typeof PEERS, bare: Side): Side {
  const then = Math.max(...Object.values(PEERS[work]))
  return {
    pids: bare.pids,
    async load(): Promise<Load> {
      const now = await bare.load()
      return { ...now, rate: (then * now.rate) / BARE_THEN }
    },
  }
}
