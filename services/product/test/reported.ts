import type { ImportReport } from '../contract.ts'

/** The report of an import with only the given results. */
export function reported(fields: Partial<ImportReport>): ImportReport {
  return {
    dryRun: false,
    created: 0,
    updated: 0,
    unchanged: 0,
    stockChanged: 0,
    notReached: 0,
    errorCount: fields.errors?.length ?? 0,
    errors: [],
    warningCount: fields.warnings?.length ?? 0,
    warnings: [],
    removedCount: fields.removed?.length ?? 0,
    removed: [],
    ignoredColumns: [],
    ...fields,
  }
}
