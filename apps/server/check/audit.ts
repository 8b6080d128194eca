/** Checks the chain of each database's audit log, from its first entry to the head. */
import { auditNumbers, findBrokenEntries } from '@doran/kernel/platform'
import type { CheckContext } from './context.ts'
import { type Scan, suspectsOf } from './scan.ts'

const PAGE_SIZE = 2_000

export function auditScans(context: CheckContext): Scan[] {
  return context.databases.map(({ services: [service], db }) => ({
    invariants: ['audit-chained'],
    page: async (after) => (await auditNumbers(db, Number(after ?? 0), PAGE_SIZE)).map(String),
    async inspect(subjects) {
      const broken = await findBrokenEntries(db, subjects.map(Number))
      const offences = broken.map(({ seq, what }) => ({ id: `${service} ${seq}`, subject: String(seq), what }))
      return suspectsOf('audit-chained', offences)
    },
  }))
}
