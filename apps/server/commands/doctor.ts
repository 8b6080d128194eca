import { parseArgs } from 'node:util'
import { checkPayment, checkPorts, checkRedis, checkTls } from '../doctor/around.ts'
import { checkDatabases } from '../doctor/databases.ts'
import { checkDataFolder, checkNode, checkSecrets, checkSettings } from '../doctor/machine.ts'
import { type Finding, readSetup, reason, type Setup, wrong } from '../doctor/setup.ts'

/** What is looked at, in the order in which it is told. One that fails keeps none of the others from being told. */
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

/** `doran doctor`: what is wrong with this set-up, a line each; exit code 1 when something is. */
export async function doctor(args: string[]): Promise<void> {
  parseArgs({ args, options: {} })
  const setup = readSetup(process.env)
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
  for (const { level, text } of findings) console.log(`${level.padEnd(8)} ${text}`)
  if (findings.some(({ level }) => level === 'wrong')) process.exitCode = 1
}
