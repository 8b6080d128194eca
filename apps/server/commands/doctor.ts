import { parseArgs } from 'node:util'
import { checkDatabases } from '../doctor/databases.ts'
import { checkDataFolder, checkNode, checkSecrets, checkSettings } from '../doctor/machine.ts'
import { checkPayment, checkPorts, checkRedis, checkTls } from '../doctor/network.ts'
import { type Finding, readSetup, reason, type Setup, wrong } from '../doctor/setup.ts'

/** The checks, in the order of the report. A check that fails does not keep the others from reporting. */
const checks: Record<string, (setup: Setup) => Promise<Finding[]> | Finding[]> = {
  'Node.js': checkNode,
  'the settings': checkSettings,
  'the secrets': checkSecrets,
  'the data folder': checkDataFolder,
  'the databases': checkDatabases,
  'the ports': checkPorts,
  'the payment provider': checkPayment,
  Redis: checkRedis,
  'mutual TLS': checkTls,
}

/** `doran doctor`: reports what is wrong with this set-up, a line for each finding; exit code 1 if something is. */
export async function doctor(args: string[]): Promise<void> {
  parseArgs({ args, options: {} })
  const { lines, code } = await examine(process.env)
  for (const line of lines) console.log(line)
  process.exitCode = code
}

/** Returns a line for each finding in this environment, and the exit code. */
export async function examine(environment: NodeJS.ProcessEnv): Promise<{ lines: string[]; code: 0 | 1 }> {
  const setup = readSetup(environment)
  const found = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        return await check(setup)
      } catch (error) {
        return [wrong(`${name} could not be checked: ${reason(error)}`)]
      }
    }),
  )
  const findings = found.flat()
  return {
    lines: findings.map(({ level, text }) => `${level.padEnd(8)} ${text}`),
    code: findings.some(({ level }) => level === 'wrong') ? 1 : 0,
  }
}
