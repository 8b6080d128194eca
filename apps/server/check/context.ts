/** What the scans of one check share: its connections and limits. */
import type { Database } from '@doran/kernel'
import type { Pool } from '@doran/kernel/platform'
import type { KnownInvariant } from './finding.ts'
import type { CheckOptions } from './options.ts'
import { openLedger, type ProviderLedger } from './provider-ledger.ts'
import { FIRST_ID } from './scan.ts'
import { openReadOnly, type Sources } from './sources.ts'

export interface CheckContext {
  /** Returns the database of a service. */
  database(service: string): Database
  /** Each database once, with the services that it holds. */
  readonly databases: readonly { readonly services: readonly string[]; readonly db: Database }[]
  /** Undefined if the provider's ledger cannot be read. */
  readonly ledger: ProviderLedger | undefined
  /** Older ids are not checked. */
  readonly from: string
  readonly sagaSeconds: number
  readonly dueSeconds: number
  /** Returns why this invariant cannot be checked in full; undefined if it can. */
  whyUnseen(invariant: string): string | undefined
  close(): Promise<void>
}

const SAGA_SECONDS = 300
const DUE_SECONDS = 60

export async function openContext({ databases, provider }: Sources, options: CheckOptions): Promise<CheckContext> {
  const { since, sagaSeconds = SAGA_SECONDS, dueSeconds = DUE_SECONDS } = options
  const byUrl = Map.groupBy(Object.keys(databases), (service) => databases[service] as string)
  const opened = [...byUrl].map(([url, services]) => ({ services, pool: openReadOnly(url) }))
  const poolOf = (service: string) => opened.find(({ services }) => services.includes(service))?.pool as Pool
  const ledger = provider && openLedger(provider)
  const unreadable = provider ? await ledger?.probe() : 'payments are made with another provider than the sandbox'
  return {
    database: (service) => poolOf(service).at(0),
    databases: opened.map(({ services, pool }) => ({ services, db: pool.at(0) })),
    ledger: unreadable ? undefined : ledger,
    from: since === undefined ? FIRST_ID : idAt(Date.now() - since * 1_000),
    sagaSeconds,
    dueSeconds,
    whyUnseen: (invariant) => (SEEN_BY_PROVIDER.includes(invariant) ? unreadable : undefined),
    close: async () => void (await Promise.all(opened.map(({ pool }) => pool.close()))),
  }
}

const SEEN_BY_PROVIDER: readonly string[] = [
  'captured-once',
  'money-agrees',
  'ledger-balanced',
] satisfies KnownInvariant[]

/** Returns the lowest UUIDv7 of a moment. */
function idAt(milliseconds: number): string {
  const hex = Math.floor(milliseconds).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}
