import type { ImportReport } from '../contract.ts'

export type RowMessage = ImportReport['errors'][number]

/** So many of a kind are listed; all are counted. */
const LISTED = 200

/** Collects what becomes of a file. What it keeps is bounded, however many rows are wrong. */
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
    if (this.#items.length < LISTED) this.#items.push(item)
  }

  sorted(): T[] {
    return this.#items.sort((a, b) => a.row - b.row)
  }
}
