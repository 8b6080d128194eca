/** Checks this machine and the settings: whatever needs no connection. */
import { access, constants, stat, statfs } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { needsEmbedded } from '../database.ts'
import { serviceNames } from '../loaders.ts'
import { mistakenSecrets } from '../secrets.ts'
import { services } from '../services.ts'
import { type Finding, nearest, ok, reason, type Setup, servicesIn, warning, wrong } from './setup.ts'

const MEGABYTE = 2 ** 20
const MIN_FREE_BYTES = { wrong: 200 * MEGABYTE, warning: 1_000 * MEGABYTE }

export function checkNode(): Finding[] {
  const fits = Number(process.versions.node.split('.')[0]) >= 24
  return [
    fits ? ok(`Node.js ${process.version}`) : wrong(`Node.js ${process.version}: Doran needs 24; use \`npm start\``),
  ]
}

export function checkSettings({ given, mistakes, whole }: Setup): Finding[] {
  const findings = mistakes.map((mistake) => wrong(`setting ${mistake}`))
  const unknown = servicesIn(given).filter((name) => !['all', ...serviceNames].includes(name))
  if (unknown.length > 0) {
    findings.push(
      wrong(`setting DORAN_SERVICES knows no ${unknown.join(', ')}; choose from ${serviceNames.join(', ')}`),
    )
  }
  if (!whole && !given.DORAN_SERVICE_SECRET) {
    findings.push(
      wrong('setting DORAN_SERVICE_SECRET is missing: one of many processes needs the same, secret text as the others'),
    )
  }
  if (!whole && !given.DATABASE_URL && !given.DORAN_SERVICE_URL) {
    findings.push(
      wrong(
        'setting DATABASE_URL must name the database in which processes find each other, or DORAN_SERVICE_URL be set',
      ),
    )
  }
  return findings.length > 0 ? findings : [ok('settings: all of them can be used')]
}

export function checkSecrets({ environment, settings, names, whole }: Setup): Finding[] {
  const here = services.filter(({ contract }) => names.includes(contract.name))
  const reach = { host: settings.kernel.HOST, ownSandbox: whole && !environment.PAYMENT_SANDBOX_URL }
  const findings = mistakenSecrets(environment, here, reach).map((mistake) => wrong(`setting ${mistake}`))
  if (names.includes('auth') && !environment.AUTH_ENCRYPTION_KEY && environment.NODE_ENV !== 'production') {
    findings.push(
      warning(
        'setting AUTH_ENCRYPTION_KEY is missing: whoever reads the database can sign tokens; `openssl rand -base64 32` ' +
          'makes one',
      ),
    )
  }
  return findings
}

export async function checkDataFolder(setup: Setup): Promise<Finding[]> {
  const folder = resolve(setup.settings.kernel.DORAN_DATA)
  const about = `data folder ${folder}`
  if (!needsData(setup)) return [ok(`${about}: nothing is kept there`)]
  const existing = await nearest(folder)
  if (!(await stat(existing)).isDirectory()) {
    return [wrong(`${about}: ${existing} is a file; remove it, or set DORAN_DATA to a folder`)]
  }
  try {
    await access(existing, constants.W_OK | constants.X_OK)
  } catch (error) {
    return [wrong(`${about}: ${existing} cannot be written (${reason(error)}); change its rights, or set DORAN_DATA`)]
  }
  // The database's folder may be a link to another disk.
  const { bavail, bsize } = await statfs(await nearest(join(folder, 'postgres')))
  const free = bavail * bsize
  const space = `${about}: ${Math.floor(free / MEGABYTE).toLocaleString('en')} MB are free`
  if (free < MIN_FREE_BYTES.wrong) return [wrong(`${space}; PostgreSQL stops when there are none: make room`)]
  if (free < MIN_FREE_BYTES.warning) return [warning(`${space}; make room before PostgreSQL runs out of it`)]
  return [ok(`${space}, and it can be written`)]
}

/** Only a whole Doran starts the payment sandbox and the embedded database, and both keep their data there. */
function needsData({ given, environment, whole }: Setup): boolean {
  return whole && (!environment.PAYMENT_SANDBOX_URL || needsEmbedded(given))
}
