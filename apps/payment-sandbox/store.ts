/** The sandbox's own storage: sessions, the results of operations by key, and a ledger of every movement of money. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { newId } from '@doran/kernel'
import type { OperationResult, Snapshot } from '@doran/payment/provider'
import { cardOf } from './cards.ts'

export interface Session {
  id: string
  key: string
  reference: string
  amount: number
  currency: string
  title: string
  returnUrl: string
  webhookUrl: string
  status: Snapshot['status']
  /** The buyer's card. While the session is pending, it waits for the bank's confirmation. */
  card: string | null
  captured: number
  refunded: number
  failureCode: string | null
  failureMessage: string | null
  /** Increased by every change. */
  sequence: number
}

export interface LedgerEntry {
  sessionId: string
  reference: string
  kind: 'authorise' | 'capture' | 'void' | 'refund'
  amount: number
  key: string
  at: string
}

interface Movement {
  /** Empty in rows of an earlier version. */
  kind: LedgerEntry['kind'] | ''
  amount: number
}

export interface QueuedWebhook {
  id: string
  sessionId: string
  url: string
  body: string
  attempts: number
}

const SCHEMA = `
  pragma journal_mode = wal;
  pragma synchronous = normal;
  pragma busy_timeout = 5000;
  create table if not exists sessions (
    id text primary key, key text not null unique, reference text not null, amount integer not null,
    currency text not null, title text not null, returnUrl text not null, webhookUrl text not null,
    status text not null default 'pending', card text, captured integer not null default 0,
    refunded integer not null default 0, failureCode text, failureMessage text, sequence integer not null default 0
  ) strict;
  create index if not exists sessions_reference on sessions (reference);
  create table if not exists operations (
    key text primary key, sessionId text not null, result text not null
  ) strict;
  create table if not exists ledger (
    id integer primary key, sessionId text not null, reference text not null, kind text not null,
    amount integer not null, key text not null unique, at text not null
  ) strict;
  create index if not exists ledger_reference on ledger (reference);
  create table if not exists webhooks (
    id text primary key, url text not null, body text not null, dueAt integer not null, attempts integer not null default 0
  ) strict;
  create index if not exists webhooks_due on webhooks (dueAt);
`

export type Store = ReturnType<typeof openStore>

export function openStore(folder: string) {
  mkdirSync(folder, { recursive: true })
  const db = new DatabaseSync(join(folder, 'sandbox-payment.db'))
  db.exec(SCHEMA)
  addColumns(db)
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>()
  const sql = (text: string) => {
    const statement = prepared.get(text) ?? db.prepare(text)
    prepared.set(text, statement)
    return statement
  }

  /** Runs the work in a transaction. Nothing interleaves, because calls to SQLite are synchronous. */
  function atomically<T>(work: () => T): T {
    db.exec('begin immediate')
    try {
      const result = work()
      db.exec('commit')
      return result
    } catch (error) {
      db.exec('rollback')
      throw error
    }
  }

  const find = (id: string) => sql('select * from sessions where id = ?').get(id) as Session | undefined

  function change(id: string, changes: Partial<Session>, event: string, webhookDelayMs: number): Session {
    const assignments = Object.keys(changes).map((name) => `${name} = ?`)
    sql(`update sessions set ${[...assignments, 'sequence = sequence + 1'].join(', ')} where id = ?`).run(
      ...(Object.values(changes) as (string | number | null)[]),
      id,
    )
    const session = find(id) as Session
    const { reference, amount, sequence } = session
    const webhook = {
      id: newId(),
      type: event,
      sessionId: id,
      reference,
      amount,
      sequence,
      snapshot: snapshotOf(session),
      at: new Date().toISOString(),
    }
    sql('insert into webhooks (id, sessionId, url, body, dueAt) values (?, ?, ?, ?, ?)').run(
      webhook.id,
      id,
      session.webhookUrl,
      JSON.stringify(webhook),
      Date.now() + webhookDelayMs,
    )
    return session
  }

  function move(session: Session, kind: LedgerEntry['kind'], amount: number, key: string): void {
    sql('insert into ledger (sessionId, reference, kind, amount, key, at) values (?, ?, ?, ?, ?, ?)').run(
      session.id,
      session.reference,
      kind,
      amount,
      key,
      new Date().toISOString(),
    )
  }

  return {
    find,
    atomically,
    change,
    move,
    open(
      request: Pick<Session, 'key' | 'reference' | 'amount' | 'currency' | 'title' | 'returnUrl' | 'webhookUrl'>,
    ): Session {
      const { key, reference, amount, currency, title, returnUrl, webhookUrl } = request
      sql(`insert into sessions (id, key, reference, amount, currency, title, returnUrl, webhookUrl)
           values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do nothing`).run(
        newId(),
        key,
        reference,
        amount,
        currency,
        title,
        returnUrl,
        webhookUrl,
      )
      return sql('select * from sessions where key = ?').get(key) as unknown as Session
    },
    /** Stores the card that waits for the bank's confirmation. The merchant is not notified. */
    rememberCard: (id: string, card: string) => void sql('update sessions set card = ? where id = ?').run(card, id),
    findOperation(key: string): OperationResult | undefined {
      const row = sql('select result from operations where key = ?').get(key) as { result: string } | undefined
      return row && JSON.parse(row.result)
    },
    /** The operation that was requested under a key, with its result. */
    findRequest(key: string): (Movement & { sessionId: string; result: OperationResult }) | undefined {
      const row = sql('select sessionId, kind, amount, result from operations where key = ?').get(key)
      return row && ({ ...row, result: JSON.parse(row.result as string) } as ReturnType<Store['findRequest']>)
    },
    recordOperation(
      { key, kind, amount }: Movement & { key: string },
      sessionId: string,
      result: OperationResult,
    ): void {
      sql(`insert into operations (key, sessionId, kind, amount, result) values (?, ?, ?, ?, ?)
           on conflict (key) do update set result = excluded.result`).run(
        key,
        sessionId,
        kind,
        amount,
        JSON.stringify(result),
      )
    },
    findByKey: (key: string) => sql('select * from sessions where key = ?').get(key) as Session | undefined,
    /** Sums of the ledger by reference and kind. */
    sums(reference?: string): Record<string, Partial<Record<LedgerEntry['kind'], number>>> {
      const rows = sql(`select reference, kind, sum(amount) as amount from ledger
                        where ?1 is null or reference = ?1 group by reference, kind`).all(reference ?? null)
      const sums: ReturnType<Store['sums']> = {}
      for (const { reference, kind, amount } of rows as unknown as LedgerEntry[]) {
        sums[reference] = { ...sums[reference], [kind]: amount }
      }
      return sums
    },
    ledger(reference?: string): LedgerEntry[] {
      const query = sql(`select sessionId, reference, kind, amount, key, at from ledger
                         where ?1 is null or reference = ?1 order by id`)
      return query.all(reference ?? null) as unknown as LedgerEntry[]
    },
    /** References of sessions and of ledger entries, in ascending order. */
    references(after: string, limit: number): string[] {
      const rows = sql(`select reference from sessions where reference > ?1
                        union select reference from ledger where reference > ?1 order by reference limit ?2`)
      return (rows.all(after, limit) as { reference: string }[]).map(({ reference }) => reference)
    },
    /** The current sessions of these references, and the ledger's sums by session and kind. */
    accounts(references: readonly string[]) {
      const wanted = JSON.stringify(references)
      const sessions = sql(`select id, reference, amount, status, captured, refunded from sessions
                            where reference in (select value from json_each(?))`)
      const entries = sql(`select sessionId, reference, kind, count(*) as count, sum(amount) as amount from ledger
                           where reference in (select value from json_each(?)) group by reference, sessionId, kind`)
      return { sessions: sessions.all(wanted), entries: entries.all(wanted) }
    },
    dueWebhooks(now: number): QueuedWebhook[] {
      return sql(
        'select id, sessionId, url, body, attempts from webhooks where dueAt <= ? order by dueAt, id limit 20',
      ).all(now) as unknown as QueuedWebhook[]
    },
    forgetWebhook: (id: string) => void sql('delete from webhooks where id = ?').run(id),
    postponeWebhook: (id: string, dueAt: number) =>
      void sql('update webhooks set dueAt = ?, attempts = attempts + 1 where id = ?').run(dueAt, id),
    close: () => db.close(),
  }
}

/** Adds the columns that a database of an earlier version lacks. */
function addColumns(db: DatabaseSync): void {
  const { user_version: version } = db.prepare('pragma user_version').get() as { user_version: number }
  if (version >= 1) return
  db.exec(`
    begin immediate;
    alter table operations add column kind text not null default '';
    alter table operations add column amount integer not null default 0;
    alter table webhooks add column sessionId text not null default '';
    pragma user_version = 1;
    commit`)
}

/** The session as the merchant sees it. */
export function snapshotOf(session: Session): Snapshot {
  const { id, status, captured, refunded, sequence, failureCode, failureMessage } = session
  const failure = failureCode ? { code: failureCode, message: failureMessage ?? '' } : null
  return { sessionId: id, status, captured, refunded, sequence, failure }
}

export function cardOfSession(session: Session) {
  return session.card ? cardOf(session.card) : undefined
}
