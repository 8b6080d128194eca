/**
 * `npm run bench [-- --only routes,checkout,… --rounds 5 --seconds 3 --products 10000 --quick --profile --explain]`:
 * prints one table and writes it as JSON. README.md describes each part and the method. An error in a response is a
 * failure; a missed bar is not.
 */
import { spawnSync } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkout } from './parts/checkout.ts'
import { claims } from './parts/claims.ts'
import { community } from './parts/community.ts'
import { gateway } from './parts/gateway.ts'
import { growth } from './parts/growth.ts'
import { importing } from './parts/import.ts'
import { memory } from './parts/memory.ts'
import { notify } from './parts/notify.ts'
import { routes } from './parts/routes.ts'
import { sustained } from './parts/sustained.ts'
import { startPostgres } from './postgres.ts'
import { holds, printTable, type Row, writeResults } from './rows.ts'
import { type PartName, readSettings } from './settings.ts'
import { createSuite, type Suite } from './suite.ts'

const PARTS: Record<PartName, (suite: Suite) => Promise<Row[]>> = {
  routes,
  checkout,
  import: importing,
  notify,
  claims,
  community,
  gateway,
  memory,
  growth,
  sustained,
}

// Every child ends with this process, however it ends.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

const settings = readSettings(process.argv.slice(2))
const begun = performance.now()
const folder = await mkdtemp(join(tmpdir(), 'doran-bench-'))
// PostgreSQL's account needs access, or its data would be kept elsewhere.
await chmod(folder, 0o755)
const postgres = await startPostgres(folder)
const rows: Row[] = []
let failure: unknown
try {
  const suite = createSuite(settings, postgres, folder)
  for (const name of settings.only) {
    const since = performance.now()
    console.log(`${name} …`)
    rows.push(...(await PARTS[name](suite)))
    console.log(`${name} took ${Math.round((performance.now() - since) / 1_000)} s`)
  }
} catch (error) {
  // The rows measured before the error are printed all the same.
  failure = error
}

const wrk = spawnSync('wrk', ['-v'], { encoding: 'utf8' }).stdout?.split('[')[0]?.trim()
const file = writeResults(settings, { postgres: postgres.version, wrk }, rows, performance.now() - begun)
const missed = rows.filter((row) => holds(row) === false).length
const errors = rows.reduce((sum, { errors = 0 }) => sum + errors, 0)
console.log(`\n${printTable(rows)}\n`)
console.log(`${settings.rounds} rounds of ${settings.seconds} s, ${settings.products} products, 32 connections.`)
console.log(`${missed} bars missed, ${errors} errors; all figures are in ${relative('.', fileURLToPath(file))}.`)
await postgres.stop()
await rm(folder, { recursive: true, force: true })
if (failure) throw failure
if (errors > 0) process.exitCode = 1
