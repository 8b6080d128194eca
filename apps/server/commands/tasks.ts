import { parseArgs } from 'node:util'
import { discardTask, listTasks, type Pool, replayTask } from '@doran/kernel/platform'
import { UserError } from '../errors.ts'
import { withPools } from './with-platform.ts'

/** `doran tasks`: lists tasks that failed for good or keep failing, and replays or discards them. */
export function tasks(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options: { all: { type: 'boolean' } } })
  const [action = 'list', id] = positionals
  switch (action) {
    case 'list':
      return withPools((pools) => list(pools, values.all ? undefined : 'trouble'))
    case 'replay':
      return withPools((pools) => (id === 'all' ? replayAll(pools) : change(pools, id, replayTask, 'runs again')))
    case 'discard':
      return withPools((pools) => change(pools, id, discardTask, 'is gone'))
    default:
      throw new UserError(`\`doran tasks\` knows list, replay and discard, not ${action}.`)
  }
}

async function list(pools: Pool[], which: 'trouble' | undefined): Promise<void> {
  const found = (await Promise.all(pools.map((pool) => listTasks(pool.at(0), which)))).flat()
  if (found.length === 0) console.log(which ? 'No task is dead, and none fails.' : 'There are no tasks.')
  for (const { id, handler, state, attempts, holder, run_at, failing_since, last_error } of found) {
    const when = [
      `${state === 'ready' ? 'due' : 'since'} ${run_at}`,
      ...(failing_since ? [`failing since ${failing_since}`] : []),
      ...(holder ? [`last at ${holder}`] : []),
    ]
    console.log(`${id}  ${state}  ${handler}  attempts ${attempts}  ${when.join('  ')}`)
    if (last_error) console.log(`    ${last_error.split('\n')[0]}`)
  }
}

async function replayAll(pools: Pool[]): Promise<void> {
  let count = 0
  for (const pool of pools) {
    for (const { id } of await listTasks(pool.at(0), 'dead', 10_000)) count += Number(await replayTask(pool.at(0), id))
  }
  console.log(`${count} tasks run again.`)
}

async function change(
  pools: Pool[],
  id: string | undefined,
  act: (database: ReturnType<Pool['at']>, id: number) => Promise<boolean>,
  done: string,
): Promise<void> {
  if (!id || !/^\d+$/.test(id)) throw new UserError('Say which task, by the number that `doran tasks list` shows.')
  for (const pool of pools) {
    if (await act(pool.at(0), Number(id))) return console.log(`Task ${id} ${done}.`)
  }
  throw new UserError(`There is no dead task ${id}; see \`doran tasks list\`.`)
}
