import { parseArgs } from 'node:util'
import { type AuditEntry, findAuditEntries } from '@doran/kernel/platform'
import { UserError } from '../errors.ts'
import { withPools } from './with-platform.ts'

const DEFAULT_LIMIT = 50
const LARGEST_LIMIT = 10_000

/** `doran audit`: lists what people did by virtue of a role, newest first. */
export async function audit(args: string[]): Promise<void> {
  const { json, ...filter } = readOptions(args)
  const found = await withPools((pools) => Promise.all(pools.map((pool) => findAuditEntries(pool.at(0), filter))))
  const entries = found.flat().sort((a, b) => (a.at < b.at ? 1 : -1))
  const shown = entries.slice(0, filter.limit)
  if (json) return console.log(JSON.stringify(shown, undefined, 2))
  console.log(shown.length === 0 ? 'The audit log has no such entry.' : shown.map(describe).join('\n'))
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      actor: { type: 'string' },
      operation: { type: 'string' },
      target: { type: 'string' },
      limit: { type: 'string', default: String(DEFAULT_LIMIT) },
      json: { type: 'boolean', default: false },
    },
  })
  const { actor, operation, target, json } = values
  const limit = Number(values.limit)
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_LIMIT)
    throw new UserError(`--limit is a number of entries from 1 to ${LARGEST_LIMIT}.`)
  if (actor !== undefined && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(actor))
    throw new UserError('--actor is the id of a user.')
  return { actor, operation, target, json, limit }
}

function describe({ at, actor, roles, address, operation, outcome, target, before, after }: AuditEntry): string {
  const who = `${actor} (${roles.join(', ') || 'no role'}) from ${address ?? 'nowhere'}`
  const change = before || after ? `\n    ${JSON.stringify(before)} -> ${JSON.stringify(after)}` : ''
  return `${at}  ${operation}  ${outcome}  ${who}\n    ${JSON.stringify(target)}${change}`
}
