import type { ImportReport } from '../contract.ts'

export type RowMessage = ImportReport['errors'][number]

/** Messages of each kind that are listed; all are counted. */
const MAX_LISTED = 200

/** Collects the results of an import. Its size is bounded, however many rows have errors. */
export class Report {
  created = 0
  updated = 0
  unchanged = 0
  notReached = 0
  stockChanged = 0
  readonly ignoredColumns: string[] = []
  #errors = new Listed<RowMessage>()
  #warnings = new Listed<RowMessage>()
  #removed = new Listed<ImportReport['removed'][number]>()

  error(error: RowMessage): void {
    this.#errors.add(error)
  }

  warn(warning: RowMessage): void {
    this.#warnings.add(warning)
  }

  removeVariant(row: number, sku: string): void {
    this.#removed.add({ row, sku })
  }

  present(dryRun: boolean): ImportReport {
    const { created, updated, unchanged, notReached, stockChanged, ignoredColumns } = this
    return {
      dryRun,
      created,
      updated,
      unchanged,
      stockChanged,
      notReached,
      errorCount: this.#errors.count,
      errors: this.#errors.sorted(),
      warningCount: this.#warnings.count,
      warnings: this.#warnings.sorted(),
      removedCount: this.#removed.count,
      removed: this.#removed.sorted(),
      ignoredColumns,
    }
  }
}

class Listed<T extends { row: number }> {
  count = 0
  readonly #items: T[] = []

  add(item: T): void {
    this.count++
    if (this.#items.length < MAX_LISTED) this.#items.push(item)
  }

  sorted(): T[] {
    return this.#items.sort((a, b) => a.row - b.row)
  }
}
