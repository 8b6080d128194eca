/** `--explain`: which statements a load runs, how long they take, and the plans of the slowest. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import type { MeasuredPostgres } from './postgres.ts'

const MAX_STATEMENTS = 6

interface Statement {
  id: string
  calls: number
  total: number
  mean: number
  rows: number
  blocks: number
  query: string
}

/**
 * Prints the statements of one load by their total time, with the plan of the slowest single run of each, including its
 * real values (auto_explain, a sample of one in a hundred).
 */
export async function explainLoad(
  what: string,
  postgres: MeasuredPostgres,
  load: () => Promise<unknown>,
): Promise<void> {
  await postgres.run('postgres', 'select pg_stat_statements_reset()')
  await watch(postgres, true)
  const from = statSync(postgres.log).size
  await load()
  await watch(postgres, false)
  const statements = await postgres.run<Statement>(
    'postgres',
    `select queryid::text as id, calls::int, total_exec_time as total, mean_exec_time as mean, (rows / calls)::int as rows,
            ((shared_blks_hit + shared_blks_read) / calls)::int as blocks, query
     from pg_stat_statements where dbid <> (select oid from pg_database where datname = current_database())
     order by total_exec_time desc limit ${MAX_STATEMENTS}`,
  )
  const plans = plansIn(textFrom(postgres.log, from))
  console.log(`\n## Statements of: ${what}`)
  for (const { id, calls, total, mean, rows, blocks, query } of statements) {
    const text = query.replace(/\s+/g, ' ').trim()
    console.log(
      `\n${calls} × ${mean.toFixed(3)} ms = ${total.toFixed(0)} ms, ${rows} rows and ${blocks} blocks each: ${text.slice(0, 300)}`,
    )
    const plan = plans.get(id)
    if (plan) console.log(`the slowest of the sample took ${plan.took} ms:\n${plan.text}`)
  }
}

async function watch(postgres: MeasuredPostgres, on: boolean): Promise<void> {
  const settings = {
    log_min_duration: on ? '0' : '-1',
    sample_rate: '0.01',
    log_analyze: 'on',
    log_buffers: 'on',
    // Includes the statement's identifier.
    log_verbose: 'on',
  }
  for (const [name, value] of Object.entries(settings)) {
    await postgres.run('postgres', `alter system set auto_explain.${name} = '${value}'`)
  }
  await postgres.run('postgres', 'select pg_reload_conf()')
}

/** Returns the slowest logged plan of each statement, by the statement's identifier. */
function plansIn(log: string): Map<string, { took: number; text: string }> {
  const plans = new Map<string, { took: number; text: string }>()
  // An entry lasts as long as its lines are indented.
  for (const [, duration, entry = ''] of log.matchAll(/duration: ([\d.]+) ms {2}plan:\n((?:\s.*\n)*)/g)) {
    const id = /Query Identifier: (-?\d+)/.exec(entry)?.[1] ?? ''
    const took = Number(duration)
    const text = entry.slice(entry.search(/^\s.*\(cost=/m)).replace(/^\s*(Output|Query Identifier): .*\n/gm, '')
    if (took > (plans.get(id)?.took ?? 0)) plans.set(id, { took, text })
  }
  return plans
}

function textFrom(file: string, from: number): string {
  const bytes = Buffer.alloc(statSync(file).size - from)
  const handle = openSync(file, 'r')
  readSync(handle, bytes, 0, bytes.length, from)
  closeSync(handle)
  return bytes.toString('utf8')
}
