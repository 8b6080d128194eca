import { parseArgs } from 'node:util'
import { type CheckOptions, checkInvariants, type Finding, type Offence, sourcesOf } from '../check/index.ts'
import { UserError } from '../errors.ts'
import { withDatabases } from './with-platform.ts'

/**
 * `doran check`: checks the invariants of a Doran that may be running. Exit code 0 if all hold, 1 if one is broken, 2
 * if one could not be checked. Parked items are shown, but break nothing.
 */
export async function check(args: string[]): Promise<void> {
  try {
    const { json, withoutProvider, ...options } = readOptions(args)
    const findings = await withDatabases((databases) => {
      const urls = [...databases].flatMap(([url, services]) => services.map((service) => [service, url] as const))
      const { provider } = sourcesOf(process.env)
      return checkInvariants(
        { databases: Object.fromEntries(urls), provider: withoutProvider ? undefined : provider },
        options,
      )
    })
    console.log(json ? JSON.stringify(findings, undefined, 2) : findings.map(describe).join('\n'))
    if (findings.some(({ state }) => state === 'broken')) process.exitCode = 1
    else if (!withoutProvider && findings.some(({ state }) => state === 'not looked at')) process.exitCode = 2
  } catch (error) {
    process.stderr.write(`The check could not look: ${(error as Error).message}\n`)
    process.exitCode = 2
  }
}

function readOptions(args: string[]): CheckOptions & { json: boolean; withoutProvider: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      json: { type: 'boolean', default: false },
      settle: { type: 'string' },
      since: { type: 'string' },
      'saga-bound': { type: 'string' },
      'without-provider': { type: 'boolean', default: false },
    },
  })
  const { json, settle, since, 'saga-bound': sagaBound, 'without-provider': withoutProvider } = values
  return {
    json,
    withoutProvider,
    ...(settle !== undefined && { settle: secondsOf('--settle', settle) }),
    ...(since !== undefined && { since: secondsOf('--since', since) }),
    ...(sagaBound !== undefined && { sagaSeconds: secondsOf('--saga-bound', sagaBound) }),
  }
}

const UNITS = { s: 1, m: 60, h: 3_600, d: 86_400 }

function secondsOf(option: string, text: string): number {
  const [, number, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(text) ?? []
  if (!number) throw new UserError(`${option} is a number of seconds, or one with a unit like 90s, 5m, 1h or 7d.`)
  return Number(number) * UNITS[unit as keyof typeof UNITS]
}

function describe(finding: Finding): string {
  const { invariant, state, about, reason, looked, offending, offendingCount, atLeast, parked, parkedCount } = finding
  const count = state === 'broken' ? `${atLeast ? 'at least ' : ''}${offendingCount} of ${looked}` : String(looked)
  return [
    `${state.padEnd(13)} ${invariant.padEnd(22)} ${count}`,
    ...(state === 'broken' ? [`  ${about}`, ...list(offending, offendingCount)] : []),
    ...(reason ? [`  ${reason}`] : []),
    ...(parkedCount > 0 ? [`  parked: ${parkedCount}, see \`doran tasks list\``, ...list(parked, parkedCount)] : []),
  ].join('\n')
}

function list(shown: readonly Offence[], count: number): string[] {
  const lines = shown.map(({ id, what }) => `    ${id}  ${what}`)
  return count > shown.length ? [...lines, `    and ${count - shown.length} more`] : lines
}
