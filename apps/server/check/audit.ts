/** The chain of each database's audit log, from its first entry to the head. */
import { auditNumbers, findBrokenEntries } from '@doran/kernel/platform'
import type { Shop } from './shop.ts'
import { suspectsOf, type Walk } from './walk.ts'

const PAGE = 2_000

export function auditWalks(shop: Shop): Walk[] {
  return shop.databases.map(({ services: [service], db }) => ({
    invariants: ['audit-chained'],
    page: async (after) => (await auditNumbers(db, Number(after ?? 0), PAGE)).map(String),
    async look(subjects) {
      const broken = await findBrokenEntries(db, subjects.map(Number))
      const offences = broken.map(({ seq, what }) => ({ id: `${service} ${seq}`, subject: String(seq), what }))
      return suspectsOf('audit-chained', offences)
    },
  }))
}
