/**
 * What it costs a commit to tell other processes that something is due: after the commit, inside it, and not at all.
 */
import { publish, sql, type Transaction } from '@doran/kernel'
import { event, Type } from '@doran/kernel/contract'
import { kernelMigrations, Listener, migrate, Pool } from '@doran/kernel/platform'
import { compare, type Load, repeat, type Side } from '../rounds.ts'
import type { Row } from '../rows.ts'
import type { Settings } from '../settings.ts'
import type { Suite } from '../suite.ts'

const CONNECTIONS = 32
const written = event('note.written', Type.Object({ id: Type.Integer() }))

export async function notify(suite: Suite): Promise<Row[]> {
  const { postgres, settings } = suite
  await postgres.create('notify')
  const url = postgres.url('notify')
  await migrate(url, [kernelMigrations])
  await postgres.run(
    'notify',
    'create table public.notes (id bigint generated always as identity, text text); grant all on public.notes to public',
  )
  const listener = new Listener(url)
  const pool = new Pool(url, CONNECTIONS)
  pool.notifier = listener
  await listener.start()

  const side = (change: (tx: Transaction) => Promise<unknown>): Side => ({
    pids: [process.pid],
    load: () => commits(pool, change, settings),
  })
  const insert = (tx: Transaction) => tx.run(sql`insert into public.notes (text) values ('a')`)
  const publishing = async (tx: Transaction) => {
    await insert(tx)
    await publish(tx, written, { id: 1 })
  }
  const notifyingInside = async (tx: Transaction) => {
    await publishing(tx)
    await tx.run(sql`select pg_notify('doran_tasks', 'note.written')`)
  }
  const doran = side(publishing)
  // The same transaction, but its hint goes nowhere.
  const silent = new Pool(url, CONNECTIONS)
  silent.notifier = { notify() {} }
  const rows = await compare(
    [
      { what: 'commits that publish, hint after the commit / NOTIFY inside', doran, floor: side(notifyingInside) },
      {
        what: 'commits that publish, hint after the commit / no hint',
        bar: { atLeast: 0.9 },
        doran,
        floor: { ...doran, load: () => commits(silent, publishing, settings) },
      },
    ],
    suite,
  )
  await listener.close()
  await Promise.all([pool.close(), silent.close()])
  return rows
}

/** Transactions of requests may hold most of a pool's connections; these may hold all of them. */
function commits(pool: Pool, change: (tx: Transaction) => Promise<unknown>, { seconds }: Settings): Promise<Load> {
  return repeat(() => pool.at(2).transaction(change), { seconds, atOnce: CONNECTIONS })
}
