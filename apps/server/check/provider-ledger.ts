/** Reads the payment sandbox's ledger over its HTTP API. */

export interface ProviderSession {
  readonly id: string
  /** The order's id. */
  readonly reference: string
  readonly amount: number
  readonly status: string
  readonly captured: number
  readonly refunded: number
}

/** Totals of a session's ledger entries of one kind. */
export interface LedgerSum {
  readonly sessionId: string
  readonly reference: string
  readonly kind: 'authorise' | 'capture' | 'void' | 'refund'
  readonly count: number
  readonly amount: number
}

export interface Accounts {
  readonly sessions: readonly ProviderSession[]
  readonly entries: readonly LedgerSum[]
}

export type ProviderLedger = ReturnType<typeof openLedger>

const TIMEOUT_MS = 30_000

export function openLedger({ url, secret }: { url: string; secret: string }) {
  async function ask<T>(path: string, body?: object): Promise<T> {
    const response = await fetch(url + path, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${secret}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (!response.ok) throw new Error(`it answers ${path.split('?')[0]} with ${response.status}`)
    return (await response.json()) as T
  }

  return {
    /** Returns why the ledger cannot be read; undefined if it can. */
    async probe(): Promise<string | undefined> {
      try {
        await ask('/v1/ledger/references?limit=1')
        return undefined
      } catch (error) {
        const { cause, message } = error as Error & { cause?: { code?: string } }
        return `the payment sandbox at ${url} cannot be read (${cause?.code ?? message})`
      }
    },
    /** Returns the references of sessions and entries, in ascending order. */
    async references(after: string | undefined, limit: number): Promise<string[]> {
      const query = new URLSearchParams({ limit: String(limit), ...(after !== undefined && { after }) })
      return (await ask<{ references: string[] }>(`/v1/ledger/references?${query}`)).references
    },
    accounts: (references: readonly string[]) => ask<Accounts>('/v1/ledger/accounts', { references }),
  }
}
